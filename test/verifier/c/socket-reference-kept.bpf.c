// Refused: BPF_EXIT instruction in main prog would lead to reference leak (EINVAL, reference_leak)
//
// bpf_sk_lookup_tcp() takes a reference on the socket it finds: bpf_sk_release() on every path that has one.
#include "shared.h"

SEC("tc")
int find(struct __sk_buff *skb)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *socket = bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4), -1, 0);

	return socket ? socket->mark : 0;
}

char LICENSE[] SEC("license") = "GPL";
