// Refused: the call stack of 9 frames is too deep (E2BIG, call_depth)
//
// Functions may call each other 8 deep, the program itself counted. Mend: always_inline, or fewer layers.
#include "shared.h"

static __attribute__((noinline)) int level8(struct __sk_buff *skb)
{
	return skb->mark + 8;
}

static __attribute__((noinline)) int level7(struct __sk_buff *skb)
{
	return level8(skb) + 7;
}

static __attribute__((noinline)) int level6(struct __sk_buff *skb)
{
	return level7(skb) + 6;
}

static __attribute__((noinline)) int level5(struct __sk_buff *skb)
{
	return level6(skb) + 5;
}

static __attribute__((noinline)) int level4(struct __sk_buff *skb)
{
	return level5(skb) + 4;
}

static __attribute__((noinline)) int level3(struct __sk_buff *skb)
{
	return level4(skb) + 3;
}

static __attribute__((noinline)) int level2(struct __sk_buff *skb)
{
	return level3(skb) + 2;
}

static __attribute__((noinline)) int level1(struct __sk_buff *skb)
{
	return level2(skb) + 1;
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	return level1(skb);
}

char LICENSE[] SEC("license") = "GPL";
