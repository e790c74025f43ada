// Refused: R0 invalid mem access 'ringbuf_mem_or_null' (EACCES, mem_access)
//
// bpf_ringbuf_reserve() gives NULL when the buffer is full, which happens exactly when much happens.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int report(struct xdp_md *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	*event = 1;
	bpf_ringbuf_submit(event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
