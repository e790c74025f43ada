// Refused: cannot pass map_type 1 into func bpf_ringbuf_output#130 (EINVAL, map_function)
//
// bpf_ringbuf_output() writes to a ring buffer; `counts` is a hash.
#include "shared.h"

SEC("xdp")
int send(struct xdp_md *ctx)
{
	__u64 event = 1;

	bpf_ringbuf_output(&counts, &event, sizeof(event), 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
