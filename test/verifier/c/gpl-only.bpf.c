// Refused: cannot call GPL-restricted function from non-GPL compatible program (EINVAL, gpl_only)
//
// Some helpers are for programs under a license that goes with the GPL. Mend: "GPL" or "Dual BSD/GPL", if that is what
// the license is.
#include "shared.h"

SEC("kprobe/do_nanosleep")
int read(void *ctx)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), ctx);
	return value == 0;
}

char LICENSE[] SEC("license") = "Proprietary";
