// Accepted
//
// `key` was declared and never set, so the lookup reads what is left on the stack. Linux refuses that only where the loader
// has no CAP_PERFMON (since 6.3); for root the program is accepted, and looks up a key that nobody knows.
#include "shared.h"

SEC("xdp")
int look(struct xdp_md *ctx)
{
	__u32 key;

	return bpf_map_lookup_elem(&counts, &key) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
