// Refused: R1 invalid mem access 'mem_or_null' (EACCES, mem_access)
//
// A global function is verified for all arguments that its types allow, so its pointers may be NULL.
#include "shared.h"

__attribute__((noinline)) int read(struct buffer *buffer)
{
	return buffer->bytes[0];
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct buffer *buffer = bpf_map_lookup_elem(&buffers, &key);

	return buffer ? read(buffer) : 0;
}

char LICENSE[] SEC("license") = "GPL";
