// Refused: R3 unbounded memory access, use 'var &= const' or 'if (var < const)' (EACCES, size_unbounded)
//
// The packet's length is the number of bytes to report, and nothing says that it is at most 16. Mend: a comparison before
// the call.
#include "shared.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("tc")
int copy(struct __sk_buff *skb)
{
	char bytes[16] = {};

	return bpf_ringbuf_output(&events, bytes, skb->len, 0);
}

char LICENSE[] SEC("license") = "GPL";
