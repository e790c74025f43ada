// Reads of many bytes, one record each: the kernel's half of a small tool.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

// Set by the loader before the object is loaded.
const volatile __u64 min_bytes = 4096;

// Read by the loader at any time.
__u64 seen;
__u64 reported;
__u64 exits;

struct event {
	u32 pid;
	u32 bytes;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_exit_read")
int on_read(struct trace_event_raw_sys_exit *ctx)
{
	struct event *event;

	if (ctx->ret <= 0)
		return 0;
	__sync_fetch_and_add(&seen, 1);
	if (ctx->ret < min_bytes)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->bytes = ctx->ret;
	bpf_get_current_comm(&event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	__sync_fetch_and_add(&reported, 1);
	return 0;
}

SEC("tracepoint/sched/sched_process_exit")
int on_exit(void *ctx)
{
	__sync_fetch_and_add(&exits, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
