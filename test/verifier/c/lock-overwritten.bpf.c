// Refused: bpf_spin_lock cannot be accessed directly by load/store (EACCES, special_direct)
//
// The bytes of a lock are Linux's. A program that writes the whole value, as an assignment of a structure does, writes
// over them; write its other members.
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
int reset(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct guarded *guarded = bpf_map_lookup_elem(&state, &key);

	if (guarded)
		*guarded = (struct guarded){};
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
