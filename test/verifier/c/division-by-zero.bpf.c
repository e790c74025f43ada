// Accepted
//
// A divisor that may be 0 is no reason to refuse: a division by 0 gives 0, and the remainder is the dividend. Only the
// constant 0 is refused.
#include "shared.h"

SEC("xdp")
int share(struct xdp_md *ctx)
{
	return 1000 / ctx->rx_queue_index;
}

char LICENSE[] SEC("license") = "GPL";
