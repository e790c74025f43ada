// Refused: R2 min value is negative, either use unsigned or 'var &= const' (EACCES, size_negative)
//
// The size that a helper is given is signed here, and only bounded from above.
#include "shared.h"

SEC("kprobe/do_nanosleep")
int copy(void *ctx)
{
	char bytes[16] = {};
	__u32 key = 0;
	__u64 *stored = bpf_map_lookup_elem(&counts, &key);

	if (!stored)
		return 0;
	long size = *(long *)stored;

	if (size > 16)
		return 0;
	bpf_probe_read_kernel(bytes, size, ctx);
	return bytes[0];
}

char LICENSE[] SEC("license") = "GPL";
