// Refused: only read is supported (EACCES, struct_write)
//
// Structures of Linux may be read by programs and not written, but for some members that a few types of programs may set.
#include "shared.h"

struct task_struct {
	int prio;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

SEC("syscall")
int promote(void *ctx)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (!task)
		return 0;
	task->prio = 1;
	bpf_task_release(task);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
