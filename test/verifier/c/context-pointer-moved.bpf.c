// Refused: dereference of modified ctx ptr R1 off=8 disallowed (EACCES, modified_pointer)
//
// The address of a member is a moved context pointer; a load through it is not rewritten. Mend: read the member itself.
#include "shared.h"

SEC("tc")
int moved(struct __sk_buff *skb)
{
	__u32 *mark = &skb->mark;

	asm volatile("" : "+r"(mark));
	return *mark;
}

char LICENSE[] SEC("license") = "GPL";
