// Refused: expected prog array map for tail call (EINVAL, tail_call_map)
//
// A tail call takes the next program from an array of programs.
#include "shared.h"

SEC("xdp")
int next(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &counts, 0);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
