// Refused: R0 pointer arithmetic on map_value_or_null prohibited, null-check it first (EACCES, nullable_arithmetic)
//
// The address of a member is asked for before the pointer is compared with NULL: NULL + 4 would pass the comparison.
#include "shared.h"

SEC("tc")
int second(struct __sk_buff *skb)
{
	__u32 key = 0;
	char *bytes = bpf_map_lookup_elem(&counts, &key);

	bytes += 4;
	asm volatile("" : "+r"(bytes));
	if (!bytes)
		return 0;
	return *bytes;
}

char LICENSE[] SEC("license") = "GPL";
