// Refused: R0 pointer += pointer prohibited (EACCES, pointer_pointer)
//
// The sum of two addresses is the address of nothing.
#include "shared.h"

SEC("xdp")
int sum(struct xdp_md *ctx)
{
	long data = ctx->data;
	long meta = ctx->data_meta;

	return (char)(data + meta);
}

char LICENSE[] SEC("license") = "GPL";
