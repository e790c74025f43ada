// Refused: Possibly NULL pointer passed to trusted arg0 (EACCES, kfunc_null)
//
// A task with that number may not exist: then the function gives NULL, which bpf_task_release() does not take.
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

	bpf_task_release(task);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
