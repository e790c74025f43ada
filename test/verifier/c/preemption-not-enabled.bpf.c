// Refused: BPF_EXIT instruction in main prog cannot be used inside bpf_preempt_disable-ed region (EINVAL, held_preempt)
//
// bpf_preempt_disable() needs its bpf_preempt_enable() on every path.
#include "shared.h"

extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;

SEC("tc")
int alone(struct __sk_buff *skb)
{
	bpf_preempt_disable();
	if (skb->mark)
		bpf_preempt_enable();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
