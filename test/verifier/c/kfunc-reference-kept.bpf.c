// Refused: BPF_EXIT instruction in main prog would lead to reference leak (EINVAL, reference_leak)
//
// bpf_task_from_pid() takes a reference on the task, which bpf_task_release() gives back. Here nobody does.
#include "shared.h"

struct task_struct {
	int prio;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

SEC("tc")
int find(struct __sk_buff *skb)
{
	struct task_struct *task = bpf_task_from_pid(1);

	return task ? task->prio : 0;
}

char LICENSE[] SEC("license") = "GPL";
