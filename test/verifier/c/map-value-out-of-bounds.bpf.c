// Refused: R0 min value is outside of the allowed memory range (EACCES, min_outside)
//
// The value has 16 bytes, at 0 to 15. Byte 16 belongs to the next value.
#include "shared.h"

SEC("tc")
int last(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct buffer *buffer = bpf_map_lookup_elem(&buffers, &key);

	return buffer ? buffer->bytes[sizeof(buffer->bytes)] : 0;
}

char LICENSE[] SEC("license") = "GPL";
