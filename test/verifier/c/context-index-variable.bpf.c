// Refused: variable ctx access var_off=(0x0; 0xc) disallowed (EACCES, variable_pointer)
//
// Members of the context are rewritten one by one when the program is loaded, so which one is meant must be known then.
// Mend: an `if` for each, or a copy on the stack.
#include "shared.h"

SEC("tc")
int which(struct __sk_buff *skb)
{
	return skb->cb[skb->mark & 3];
}

char LICENSE[] SEC("license") = "GPL";
