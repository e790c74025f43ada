// Refused: invalid read from stack R2 off=0 size=8 (EACCES, stack_range)
//
// The function's context is the pointer that bpf_loop() was given: 8 bytes at the end of the caller's frame. It writes
// the 8 behind them.
#include "shared.h"

static long add(__u32 index, void *context)
{
	*((__u64 *)context + 1) += index;
	return 0;
}

SEC("tc")
int sum(struct __sk_buff *skb)
{
	__u64 sum = 0;

	bpf_loop(10, add, &sum, 0);
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
