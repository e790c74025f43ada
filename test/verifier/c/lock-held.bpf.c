// Refused: BPF_EXIT instruction in main prog cannot be used inside bpf_spin_lock-ed region (EINVAL, held_lock)
//
// The lock is taken and not given back on the path that leaves early.
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
	bpf_spin_lock(&guarded->lock);
	if (guarded->value++ > 100)
		return 0;
	bpf_spin_unlock(&guarded->lock);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
