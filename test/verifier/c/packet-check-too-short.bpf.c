// Refused: R1 offset is outside of the packet (EACCES, packet_range)
//
// The check covers the 14 bytes of the Ethernet header, the access reads byte 23, in the IP header behind it.
// Mend: compare as many bytes as are read.
#include "shared.h"

SEC("xdp")
int protocol(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;
	unsigned char *end = (void *)(long)ctx->data_end;

	if (data + 14 > end)
		return XDP_DROP;
	return data[23] == 17 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
