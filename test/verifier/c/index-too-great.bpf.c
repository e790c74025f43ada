// Refused: R1 max value is outside of the allowed memory range (EACCES, max_outside)
//
// The check lets 16 to 40 pass, and the value has 16 bytes. Mend: compare with the size of the array.
#include "shared.h"

SEC("xdp")
int pick(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct buffer *buffer = bpf_map_lookup_elem(&buffers, &key);
	__u32 index = ctx->rx_queue_index;

	if (!buffer || index > 40)
		return XDP_PASS;
	return buffer->bytes[index];
}

char LICENSE[] SEC("license") = "GPL";
