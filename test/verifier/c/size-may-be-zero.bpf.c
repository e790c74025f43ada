// Refused: R4 invalid zero-sized read: u64=[0,15] (EACCES, size_zero)
//
// The size is at most 16, and may be 0, which this helper does not take (others do). Mend: compare with 0 too.
#include "shared.h"

SEC("tc")
int copy(struct __sk_buff *skb)
{
	char bytes[16];

	bpf_skb_load_bytes(skb, 0, bytes, skb->len & 15);
	return bytes[0];
}

char LICENSE[] SEC("license") = "GPL";
