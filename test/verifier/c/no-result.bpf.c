// Refused: R0 !read_ok (EACCES, not_readable)
//
// A program ends with a result in r0. This one ends without ever setting it.
#include "shared.h"

SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	asm volatile("exit");
	__builtin_unreachable();
}

char LICENSE[] SEC("license") = "GPL";
