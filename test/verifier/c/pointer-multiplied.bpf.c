// Refused: R0 pointer arithmetic with >>= operator prohibited (EACCES, operator_pointer)
//
// A pointer can be moved by adding to it, and nothing else: shifted or multiplied it is no address.
#include "shared.h"

SEC("tc")
int hash(struct __sk_buff *skb)
{
	return (long)skb >> 4;
}

char LICENSE[] SEC("license") = "GPL";
