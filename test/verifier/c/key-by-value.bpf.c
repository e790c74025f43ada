// Refused: R2 type=scalar expected=fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_ (EACCES, argument_type)
//
// Keys are passed by address: `&key`, not `key`. The number is no pointer, so nothing can be read there.
#include "shared.h"

SEC("tc")
int count(struct __sk_buff *skb)
{
	__u32 key = skb->mark;

	return bpf_map_lookup_elem(&counts, (void *)(long)key) ? 1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
