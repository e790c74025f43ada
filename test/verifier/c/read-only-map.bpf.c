// Refused: write into map forbidden, value_size=8 off=0 size=8 (EACCES, map_write)
//
// The map was created for programs to read only (BPF_F_RDONLY_PROG): only user space writes it.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, __u64);
} settings SEC(".maps");

SEC("xdp")
int change(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *setting = bpf_map_lookup_elem(&settings, &key);

	if (setting)
		*setting = 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
