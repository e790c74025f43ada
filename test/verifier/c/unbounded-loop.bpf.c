// Refused: infinite loop detected at insn 1 (EINVAL, infinite_loop)
//
// Nothing in the loop changes what its condition looks at: the verifier sees the same state again, and a program that
// never ends must not be loaded. Mend: count, and compare with a constant.
#include "shared.h"

SEC("xdp")
int forever(struct xdp_md *ctx)
{
	asm volatile("r1 = 1\n"
		     "again:\n"
		     "if r1 != 0 goto again\n" ::: "r1");
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
