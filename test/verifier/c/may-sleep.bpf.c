// Refused: helper call might sleep in a non-sleepable prog (EINVAL, might_sleep)
//
// Memory of a process may have to be fetched from disk, so bpf_copy_from_user() waits. Only programs that are loaded as
// sleepable may do that: SEC("uprobe.s").
#include "shared.h"

SEC("uprobe")
int read(void *ctx)
{
	char byte = 0;

	bpf_copy_from_user(&byte, 1, (void *)0x1000);
	return byte;
}

char LICENSE[] SEC("license") = "GPL";
