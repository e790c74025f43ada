// Refused: math between pkt pointer and register with unbounded min value is not allowed (EINVAL, offset_unbounded)
//
// A packet pointer is moved by a number of 64 bits of which nothing is known, so the sum could be anywhere. Mend: compare
// the number first, or read it as __u16.
#include "shared.h"

SEC("xdp")
int follow(struct xdp_md *ctx)
{
	char *data = (char *)(long)ctx->data;
	char *end = (char *)(long)ctx->data_end;
	__u64 *offset = (__u64 *)data;

	if ((char *)(offset + 1) > end)
		return XDP_DROP;
	data += *offset;
	if (data + 1 > end)
		return XDP_DROP;
	return *data;
}

char LICENSE[] SEC("license") = "GPL";
