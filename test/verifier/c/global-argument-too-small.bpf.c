// Refused: Caller passes invalid args into func#1 ('read') (EINVAL, global_call)
//
// The function's parameter says 16 bytes, the caller has 8.
#include "shared.h"

__attribute__((noinline)) int read(struct buffer *buffer)
{
	return buffer ? buffer->bytes[0] : 0;
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	return count ? read((struct buffer *)count) : 0;
}

char LICENSE[] SEC("license") = "GPL";
