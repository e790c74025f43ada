// Refused: bpf_spin_unlock without taking a lock (EINVAL, unlock_nothing)
//
// The lock is given back on a path that never took it.
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

SEC("tc")
int take(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct guarded *guarded = bpf_map_lookup_elem(&state, &key);

	if (!guarded)
		return 0;
	if (skb->mark)
		bpf_spin_lock(&guarded->lock);
	guarded->value++;
	bpf_spin_unlock(&guarded->lock);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
