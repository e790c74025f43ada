// Who opens files, and whose child it is: one object for several releases of Linux.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

// As task_struct was before Linux 5.14: what stands behind ___ is not part of the name.
struct task_struct___old {
	volatile long state;
} __attribute__((preserve_access_index));

// What was found out when the object was loaded.
int has_new_state;
int has_old_state;
int has_involuntary;
int size_of_state;
// How often the task that opened a file last had to leave its CPU.
u64 involuntary;

struct seen {
	u32 pid;
	u32 ppid;
	u32 priority;
	char parent[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct seen);
} tasks SEC(".maps");

// Asks first.
SEC("tracepoint/syscalls/sys_enter_openat")
int careful(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct___old *old = (void *)task;
	struct seen seen = {};

	seen.pid = BPF_CORE_READ(task, tgid);
	seen.ppid = BPF_CORE_READ(task, real_parent, tgid);
	seen.priority = BPF_CORE_READ(task, prio);
	BPF_CORE_READ_STR_INTO(&seen.parent, task, real_parent, comm);

	has_involuntary = bpf_core_field_exists(task->nivcsw);
	if (bpf_core_field_exists(task->nivcsw))
		involuntary = BPF_CORE_READ(task, nivcsw);

	has_new_state = bpf_core_field_exists(task->__state);
	has_old_state = bpf_core_field_exists(old->state);
	if (bpf_core_field_exists(task->__state))
		size_of_state = bpf_core_field_size(task->__state);
	else
		size_of_state = bpf_core_field_size(old->state);

	bpf_map_update_elem(&tasks, &seen.pid, &seen, BPF_ANY);
	return 0;
}

// Does not ask.
SEC("tracepoint/syscalls/sys_enter_openat")
int careless(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	involuntary = BPF_CORE_READ(task, nivcsw);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
