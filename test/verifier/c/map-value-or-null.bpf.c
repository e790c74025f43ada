// Refused: R0 invalid mem access 'map_value_or_null' (EACCES, mem_access)
//
// A lookup gives NULL for a key that is not in the map. The verifier follows both cases, and on the path where nobody has
// asked, the pointer may be NULL. Mend: `if (!count) return XDP_PASS;` before it is used.
#include "shared.h"

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 key = ctx->ingress_ifindex;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	*count += 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
