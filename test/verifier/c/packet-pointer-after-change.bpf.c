// Refused: R6 invalid mem access 'scalar' (EACCES, mem_access)
//
// bpf_xdp_adjust_head() moves the packet, so pointers into it are none any more: take them from the context again, and
// compare again.
#include "shared.h"

SEC("xdp")
int strip(struct xdp_md *ctx)
{
	char *data = (char *)(long)ctx->data;
	char *end = (char *)(long)ctx->data_end;

	if (data + 8 > end)
		return XDP_DROP;
	bpf_xdp_adjust_head(ctx, 4);
	return data[4];
}

char LICENSE[] SEC("license") = "GPL";
