// Refused: R7 invalid mem access 'scalar' (EACCES, mem_access)
//
// Behind bpf_sk_release() the socket may be gone.
#include "shared.h"

SEC("tc")
int find(struct __sk_buff *skb)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *socket = bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4), -1, 0);

	if (!socket)
		return 0;
	bpf_sk_release(socket);
	return socket->mark;
}

char LICENSE[] SEC("license") = "GPL";
