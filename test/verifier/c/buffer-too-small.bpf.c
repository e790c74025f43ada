// Refused: invalid write to stack R1 off=-16 size=32 (EINVAL, stack_range)
//
// The helper is told that the buffer has 32 bytes. It has 16, so it would write over what lies above it.
#include "shared.h"

SEC("kprobe")
int name(void *ctx)
{
	char comm[16];

	bpf_get_current_comm(comm, 2 * sizeof(comm));
	return comm[0];
}

char LICENSE[] SEC("license") = "GPL";
