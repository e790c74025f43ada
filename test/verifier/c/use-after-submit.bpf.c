// Refused: R6 invalid mem access 'scalar' (EACCES, mem_access)
//
// After bpf_ringbuf_submit() the record belongs to the reader. All copies of its pointer are plain numbers then.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int report(struct xdp_md *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return XDP_PASS;
	bpf_ringbuf_submit(event, 0);
	*event = 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
