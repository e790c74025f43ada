// Refused: invalid write to stack R10 off=0 size=8 (EACCES, stack_range)
//
// A function's stack is the 512 bytes below r10. What is at r10 and above is the caller's, or Linux's.
#include "shared.h"

SEC("tc")
int behind(struct __sk_buff *skb)
{
	volatile __u64 slots[2] = {};

	asm volatile("*(u64 *)(r10 + 0) = %[value]" : : [value] "r"(slots[0]) : "memory");
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
