// Refused: R3 does not point to a readonly map' (EACCES, string_writable)
//
// The format of bpf_snprintf() is read when the program is loaded, so it must be where nothing changes it: `const char`,
// or a string in place, which BPF_SNPRINTF() makes constant.
#include "shared.h"

char format[] = "%d";

SEC("tc")
int print(struct __sk_buff *skb)
{
	char text[16] = {};
	__u64 values[1] = {1};

	return bpf_snprintf(text, sizeof(text), format, values, sizeof(values));
}

char LICENSE[] SEC("license") = "GPL";
