// Refused: R1 type=fp expected=ringbuf_mem (EACCES, argument_type)
//
// Only what bpf_ringbuf_reserve() gave can be submitted. A value of a map, or a variable, goes with
// bpf_ringbuf_output(), which copies it.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int report(struct xdp_md *ctx)
{
	__u64 event = 1;

	bpf_ringbuf_submit(&event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
