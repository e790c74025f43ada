// Refused: map 'buffers' has no valid bpf_timer (EINVAL, special_missing)
//
// A timer is a member of the map's value that is a struct bpf_timer, and a cast does not make one.
#include "shared.h"

SEC("tc")
int start(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct buffer *buffer = bpf_map_lookup_elem(&buffers, &key);

	if (!buffer)
		return 0;
	return bpf_timer_init((struct bpf_timer *)buffer, &buffers, 0);
}

char LICENSE[] SEC("license") = "GPL";
