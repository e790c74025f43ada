// Refused: R0 min value is negative, either use unsigned index or do a if (index >=0) check. (EACCES, min_negative)
//
// The index is at most 15, but it may be -7: a difference can be negative. Mend: `if (index < 0) return XDP_PASS;`.
#include "shared.h"

SEC("xdp")
int pick(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct buffer *buffer = bpf_map_lookup_elem(&buffers, &key);
	long index = (long)(ctx->rx_queue_index & 15) - (long)(ctx->ingress_ifindex & 7);

	if (!buffer)
		return XDP_PASS;
	return buffer->bytes[index];
}

char LICENSE[] SEC("license") = "GPL";
