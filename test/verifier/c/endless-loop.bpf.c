// Refused: infinite loop detected at insn 10 (EINVAL, infinite_loop)
//
// Nothing in the loop changes what its end depends on.
#include "shared.h"

SEC("tc")
int wait(struct __sk_buff *skb)
{
	__u32 key = 0;
	volatile __u64 *count = bpf_map_lookup_elem(&counts, &key);

	if (!count)
		return 0;
	while (*count == 0)
		;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
