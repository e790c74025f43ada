// Refused: R1 offset is outside of the packet (EACCES, packet_range)
//
// A packet can be shorter than an Ethernet header. Only a comparison with data_end tells the verifier how many bytes
// there are. Mend: `if (data + 14 > data_end) return XDP_DROP;` first.
#include "shared.h"

SEC("xdp")
int first(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;

	return data[12] == 8 ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
