// Counts what tasks read, by the name of the task (lesson 09).
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct entry {
	u64 calls;
	u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, char[16]);
	__type(value, struct entry);
} readers SEC(".maps");

const volatile u64 smallest = 1;
u64 skipped;

SEC("tracepoint/syscalls/sys_exit_read")
int count_read(struct trace_event_raw_sys_exit *ctx)
{
	char name[16] = {};
	struct entry none = {};
	struct entry *entry;

	if (ctx->ret < 0 || ctx->ret < (s64)smallest) {
		skipped++;
		return 0;
	}
	bpf_get_current_comm(name, sizeof(name));
	bpf_map_update_elem(&readers, name, &none, BPF_NOEXIST);
	entry = bpf_map_lookup_elem(&readers, name);
	if (!entry)
		return 0;
	__sync_fetch_and_add(&entry->calls, 1);
	__sync_fetch_and_add(&entry->bytes, ctx->ret);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
