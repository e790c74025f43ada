// Refused: Expected an initialized dynptr as arg #2 (EINVAL, dynptr_initialized)
//
// A dynptr is filled by bpf_dynptr_from_mem(), bpf_ringbuf_reserve_dynptr() or the like before anything can be read
// through it. This one is only declared.
#include "shared.h"

SEC("xdp")
int peek(struct xdp_md *ctx)
{
	struct bpf_dynptr bytes;
	__u32 first = 0;

	bpf_dynptr_read(&first, sizeof(first), &bytes, 0, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
