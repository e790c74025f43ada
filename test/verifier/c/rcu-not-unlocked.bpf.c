// Refused: BPF_EXIT instruction in main prog cannot be used inside bpf_rcu_read_lock-ed region (EINVAL, held_rcu)
//
// A section of RCU that is begun must end on every path, or Linux would wait for this program for ever.
#include "shared.h"

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

SEC("tc")
int look(struct __sk_buff *skb)
{
	bpf_rcu_read_lock();
	if (skb->mark)
		return 0;
	bpf_rcu_read_unlock();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
