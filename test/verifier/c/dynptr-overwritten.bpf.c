// Refused: cannot overwrite referenced dynptr (EINVAL, dynptr_overwrite)
//
// The second dynptr is made where the first one still is. What the first one reserved could then never be given back.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int twice(struct xdp_md *ctx)
{
	struct bpf_dynptr event;

	bpf_ringbuf_reserve_dynptr(&events, 8, 0, &event);
	bpf_ringbuf_reserve_dynptr(&events, 8, 0, &event);
	bpf_ringbuf_submit_dynptr(&event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
