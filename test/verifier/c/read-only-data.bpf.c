// Refused: write into map forbidden, value_size=4 off=0 size=4 (EACCES, map_write)
//
// `const` variables lie in a map that is frozen when the program is loaded. Dropping the const of a pointer does not
// make them writable.
#include "shared.h"

const volatile __u32 limit = 10;

SEC("tc")
int raise(struct __sk_buff *skb)
{
	*(volatile __u32 *)&limit = 20;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
