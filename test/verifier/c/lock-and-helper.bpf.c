// Refused: function calls are not allowed while holding a lock (EINVAL, lock_call)
//
// While a lock is held every other CPU that wants it waits, so almost no helper may be called. Do what it takes before
// the lock, or after it.
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
	guarded->value = bpf_get_prandom_u32();
	bpf_spin_unlock(&guarded->lock);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
