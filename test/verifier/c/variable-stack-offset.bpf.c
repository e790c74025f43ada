// Refused: invalid variable-offset write to stack R2 var_off=(0x0; 0x1f) off=-16 size=1 (EINVAL, stack_range_variable)
//
// The array has 16 bytes and the index goes to 31.
#include "shared.h"

SEC("xdp")
int scatter(struct xdp_md *ctx)
{
	volatile char bytes[16] = {};

	bytes[ctx->rx_queue_index & 31] = 1;
	return bytes[0];
}

char LICENSE[] SEC("license") = "GPL";
