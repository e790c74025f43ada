// Refused: R0 invalid mem access 'scalar' (EACCES, mem_access)
//
// The end of an iteration is a NULL pointer, and the first element may already be it.
#include "shared.h"

struct bpf_iter_num {
	__u64 opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;

SEC("tc")
int first(struct __sk_buff *skb)
{
	struct bpf_iter_num numbers;

	bpf_iter_num_new(&numbers, 0, skb->mark);
	skb->priority = *bpf_iter_num_next(&numbers);
	bpf_iter_num_destroy(&numbers);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
