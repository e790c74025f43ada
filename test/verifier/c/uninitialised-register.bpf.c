// Refused: R6 !read_ok (EACCES, not_readable)
//
// r6 gets a value on one of the two branches only. In C the compiler warns ("variable is uninitialized"); here it is
// written in assembly, because clang makes of the C what it likes.
#include "shared.h"

SEC("xdp")
int half(struct xdp_md *ctx)
{
	int result;

	asm volatile("call 7\n"
		     "if r0 > 9 goto 1f\n"
		     "r6 = 1\n"
		     "1: %0 = r6\n"
		     : "=r"(result)
		     :
		     : "r0", "r1", "r2", "r3", "r4", "r5", "r6");
	return result;
}

char LICENSE[] SEC("license") = "GPL";
