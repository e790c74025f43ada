// Refused: The sequence of 8193 jumps is too complex. (EFAULT, too_many_jumps)
//
// Each round asks for something unknown, so each leaves a branch to follow later, and the rounds differ: more than 8,192
// branches wait.
#include "shared.h"

SEC("tc")
int guess(struct __sk_buff *skb)
{
	__u32 right = 0;

	for (__u32 round = 0; round < 10000; round++)
		if (bpf_get_prandom_u32() == round)
			right++;
	return right;
}

char LICENSE[] SEC("license") = "GPL";
