// Refused: invalid bpf_context access off=76 size=4 (EACCES, context_access)
//
// Socket filters have no direct access to the packet: they read it with bpf_skb_load_bytes().
#include "shared.h"

SEC("socket")
int first(struct __sk_buff *skb)
{
	return *(char *)(long)skb->data;
}

char LICENSE[] SEC("license") = "GPL";
