// Refused: R1 unbounded memory access, make sure to bounds check any such access (EACCES, max_unbounded)
//
// Nothing limits the index at all. Mend: compare it, or mask it with `& 15`.
#include "shared.h"

SEC("xdp")
int pick(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct buffer *buffer = bpf_map_lookup_elem(&buffers, &key);

	if (!buffer)
		return XDP_PASS;
	return buffer->bytes[ctx->rx_queue_index];
}

char LICENSE[] SEC("license") = "GPL";
