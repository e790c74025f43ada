// Refused: expected an initialized iter_num as arg #0 (EINVAL, iterator_uninitialized)
//
// An iterator is made by its _new function before _next moves it. Macros such as bpf_for() do both.
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

	while (bpf_iter_num_next(&numbers))
		skb->mark++;
	bpf_iter_num_destroy(&numbers);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
