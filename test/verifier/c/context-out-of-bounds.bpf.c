// Refused: invalid bpf_context access off=24 size=4 (EACCES, context_access)
//
// `struct xdp_md` has 24 bytes; there is no seventh field.
#include "shared.h"

SEC("xdp")
int seventh(struct xdp_md *ctx)
{
	return ((volatile __u32 *)ctx)[6];
}

char LICENSE[] SEC("license") = "GPL";
