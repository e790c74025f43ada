// Refused: BPF_EXIT instruction in main prog would lead to reference leak (EINVAL, reference_leak)
//
// An iterator may hold something of Linux, so every path must destroy it: here the one that leaves the loop early
// does not.
#include "shared.h"

struct bpf_iter_num {
	__u64 opaque[1];
} __attribute__((aligned(8)));

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;

SEC("tc")
int count(struct __sk_buff *skb)
{
	struct bpf_iter_num numbers;
	int *number;

	bpf_iter_num_new(&numbers, 0, 10);
	while ((number = bpf_iter_num_next(&numbers)))
		if (*number == skb->mark)
			return 1;
	bpf_iter_num_destroy(&numbers);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
