// Refused: BPF_EXIT instruction in main prog would lead to reference leak (EINVAL, reference_leak)
//
// What bpf_ringbuf_reserve_dynptr() gives must be submitted or discarded, even where it failed: the dynptr is then
// empty and still has to be given back.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int report(struct xdp_md *ctx)
{
	struct bpf_dynptr event;

	if (bpf_ringbuf_reserve_dynptr(&events, 8, 0, &event))
		return XDP_PASS;
	bpf_ringbuf_submit_dynptr(&event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
