// Refused: BPF_ATOMIC stores into R1 pkt is not allowed (EACCES, atomic_target)
//
// Atomic operations work on map values and the stack, not on packets.
#include "shared.h"

SEC("xdp")
int bump(struct xdp_md *ctx)
{
	__u64 *data = (__u64 *)(long)ctx->data;
	__u64 *end = (__u64 *)(long)ctx->data_end;

	if (data + 1 > end)
		return XDP_DROP;
	__sync_fetch_and_add(data, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
