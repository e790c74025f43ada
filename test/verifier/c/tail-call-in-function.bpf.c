// Refused: tail_call is only allowed in functions that return 'int'. (EINVAL, tail_call_result)
//
// A tail call never comes back, so a function that makes one must return int, as the program does.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

static __attribute__((noinline)) void jump(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &next, 0);
}

SEC("tc")
int go(struct __sk_buff *skb)
{
	jump(skb);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
