// Refused: cannot write into packet (EACCES, packet_write)
//
// Programs of cgroups see packets and cannot change them.
#include "shared.h"

SEC("cgroup_skb/egress")
int mangle(struct __sk_buff *skb)
{
	char *data = (char *)(long)skb->data;
	char *end = (char *)(long)skb->data_end;

	if (data + 1 > end)
		return 1;
	*data = 0;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
