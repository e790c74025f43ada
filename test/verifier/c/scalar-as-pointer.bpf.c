// Refused: R0 invalid mem access 'scalar' (EACCES, mem_access)
//
// A number is no address, whatever it is cast to. Addresses of Linux's memory come from typed pointers, or are read
// with bpf_probe_read_kernel().
#include "shared.h"

SEC("kprobe/do_nanosleep")
int peek(void *ctx)
{
	__u64 *address = (void *)(long)bpf_get_current_pid_tgid();

	return *address == 0;
}

char LICENSE[] SEC("license") = "GPL";
