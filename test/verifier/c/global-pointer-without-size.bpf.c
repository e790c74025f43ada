// Refused: Caller passes invalid args into func#1 ('read') (EINVAL, global_call)
//
// Of `void *` nobody knows how much may be read. Mend: a structure or a number behind the pointer, or `static`.
#include "shared.h"

__attribute__((noinline)) int read(void *bytes)
{
	return bytes ? *(char *)bytes : 0;
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	__u32 key = 0;
	void *buffer = bpf_map_lookup_elem(&buffers, &key);

	return buffer ? read(buffer) : 0;
}

char LICENSE[] SEC("license") = "GPL";
