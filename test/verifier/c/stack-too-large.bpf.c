// Refused: combined stack size of 2 calls is 608. Too large (EACCES, combined_stack)
//
// A program has 512 bytes of stack, with all functions that are active at once. clang refuses one function with more by
// itself; here two functions have 300 bytes each. Mend: a map with one element in place of the buffer.
#include "shared.h"

static __attribute__((noinline)) int inner(volatile char *outer)
{
	volatile char bytes[300];

	for (int i = 0; i < 300; i++)
		bytes[i] = outer[i];
	return bytes[7];
}

SEC("xdp")
int large(struct xdp_md *ctx)
{
	volatile char bytes[300];

	for (int i = 0; i < 300; i++)
		bytes[i] = i;
	return inner(bytes) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
