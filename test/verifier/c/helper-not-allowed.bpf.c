// Refused: program of this type cannot use helper bpf_get_stackid#27 (EINVAL, helper_not_allowed)
//
// Each program type has its own helpers. A packet program runs in no process that could have a stack worth looking at.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16);
	__uint(key_size, 4);
	__uint(value_size, 1016);
} stacks SEC(".maps");

SEC("xdp")
int stack(struct xdp_md *ctx)
{
	return bpf_get_stackid(ctx, &stacks, 0) < 0 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
