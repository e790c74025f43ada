// Refused: calling kernel function bpf_task_from_pid is not allowed (EACCES, kfunc_not_allowed)
//
// Each function of Linux is there for some types of programs. Socket filters, which anybody's packets go through, may
// not look for tasks.
#include "shared.h"

struct task_struct {
	int prio;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

SEC("socket")
int find(struct __sk_buff *skb)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (task)
		bpf_task_release(task);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
