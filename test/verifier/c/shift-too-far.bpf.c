// Refused: invalid shift 64 (EINVAL, invalid_shift)
//
// A number of 32 bits can be shifted by 0 to 31. clang does not say it inside asm.
#include "shared.h"

SEC("tc")
int shift(struct __sk_buff *skb)
{
	__u32 mark = skb->mark;

	asm volatile("%[mark] <<= 64" : [mark] "+r"(mark));
	return mark;
}

char LICENSE[] SEC("license") = "GPL";
