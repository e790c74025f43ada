// Refused: R0 invalid mem access 'mem_or_null' (EACCES, mem_access)
//
// bpf_dynptr_data() is NULL where the dynptr is shorter than what was asked for.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp")
int report(struct xdp_md *ctx)
{
	struct bpf_dynptr event;
	__u64 *data;

	bpf_ringbuf_reserve_dynptr(&events, 8, 0, &event);
	data = bpf_dynptr_data(&event, 0, sizeof(*data));
	*data = 1;
	bpf_ringbuf_submit_dynptr(&event, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
