// Refused: R1 pointer arithmetic on pkt_end prohibited (EACCES, pointer_arithmetic)
//
// The end of the packet cannot be moved, only compared with. `data + 14 > data_end` says the same as
// `data > data_end - 14`, and the verifier learns from it.
#include "shared.h"

SEC("xdp")
int short_ones(struct xdp_md *ctx)
{
	char *data = (char *)(long)ctx->data;
	char *end = (char *)(long)ctx->data_end;

	end -= 14;
	asm volatile("" : "+r"(end));
	return data > end ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
