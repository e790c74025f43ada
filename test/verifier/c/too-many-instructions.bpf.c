// Refused: BPF program is too large. Processed 1000001 insn (E2BIG, too_large)
//
// Every round is followed on its own, and a million rounds of some instructions are more than the million that the
// verifier follows. Mend: fewer rounds, or bpf_loop(), whose body is followed once.
#include "shared.h"

SEC("xdp")
int spin(struct xdp_md *ctx)
{
	__u32 sum = 0;

	for (volatile __u32 i = 0; i < 1000000; i++)
		sum += i;
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
