// Refused: misaligned stack access off 0+0+-13 size 8 (EACCES, misaligned)
//
// Eight bytes on the stack begin at a multiple of eight. Pack fields into a struct, and let the compiler place them.
#include "shared.h"

SEC("xdp")
int odd(struct xdp_md *ctx)
{
	asm volatile("r1 = 0\n"
		     "*(u64 *)(r10 - 13) = r1\n" ::: "r1");
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
