// Refused: invalid bpf_context access off=12 size=4 (EACCES, context_access)
//
// Fields of the context are read only, with few exceptions.
#include "shared.h"

SEC("xdp")
int write(struct xdp_md *ctx)
{
	*(volatile __u32 *)&ctx->ingress_ifindex = 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
