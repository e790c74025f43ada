// Refused: At program exit the register R0 has smin=7 smax=7 should have been in [0, 3] (EINVAL, return_range)
//
// Of programs on a cgroup's packets Linux takes 0 to 3: pass or not, with two bits of congestion.
#include "shared.h"

SEC("cgroup_skb/egress")
int seven(struct __sk_buff *skb)
{
	return 7;
}

char LICENSE[] SEC("license") = "GPL";
