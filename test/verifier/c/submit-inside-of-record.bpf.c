// Refused: R1 must have zero offset when passed to release func or trusted arg to kfunc (EINVAL, release_offset)
//
// What is given back must be exactly the pointer that was reserved, not one into the middle of the record.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int report(struct xdp_md *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, 2 * sizeof(*event), 0);

	if (!event)
		return XDP_PASS;
	*event++ = 1;
	bpf_ringbuf_submit(event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
