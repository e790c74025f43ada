// Refused: socket filter progs cannot use bpf_spin_lock yet (EINVAL, lock_socket_filter)
//
// Socket filters cannot take locks: Linux runs them for every packet of the socket, and has not allowed it yet.
#include "shared.h"

struct guarded {
	struct bpf_spin_lock lock;
	__u32 value;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guarded);
} state SEC(".maps");

SEC("socket")
int take(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct guarded *guarded = bpf_map_lookup_elem(&state, &key);

	if (!guarded)
		return 0;
	bpf_spin_lock(&guarded->lock);
	guarded->value++;
	bpf_spin_unlock(&guarded->lock);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
