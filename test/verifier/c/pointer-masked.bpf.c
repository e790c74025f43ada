// Refused: R0 bitwise operator &= on pointer prohibited (EACCES, bitwise_pointer)
//
// Aligning an address by a mask is arithmetic that the verifier cannot follow.
#include "shared.h"

SEC("tc")
int align(struct __sk_buff *skb)
{
	__u32 key = 0;
	char *bytes = bpf_map_lookup_elem(&buffers, &key);

	if (!bytes)
		return 0;
	return *(char *)((long)(bytes + 3) & ~3L);
}

char LICENSE[] SEC("license") = "GPL";
