// Programs that Linux refuses, each beside its mended twin (lesson 07).
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct record {
	u32 pid;
	char comm[16];
};

struct table {
	u8 bytes[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct table);
} tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 16);
	__uint(key_size, 4);
	__uint(value_size, 1016);
} stacks SEC(".maps");

SEC("xdp")
int protocol(struct xdp_md *ctx)
{
	u8 *data = (void *)(long)ctx->data;
	u8 *end = (void *)(long)ctx->data_end;

	if (data + 14 > end)
		return XDP_PASS;
	return data[23] == 17 ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int protocol_mended(struct xdp_md *ctx)
{
	u8 *data = (void *)(long)ctx->data;
	u8 *end = (void *)(long)ctx->data_end;

	if (data + 24 > end)
		return XDP_PASS;
	return data[23] == 17 ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	u32 key = ctx->ingress_ifindex;
	u64 *count = bpf_map_lookup_elem(&counts, &key);

	*count += 1;
	return XDP_PASS;
}

SEC("xdp")
int pick(struct xdp_md *ctx)
{
	u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	u32 index = ctx->rx_queue_index;

	if (!table || index > 16)
		return XDP_PASS;
	return table->bytes[index];
}

SEC("xdp")
int pick_signed(struct xdp_md *ctx)
{
	u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	long index = (long)(ctx->rx_queue_index & 15) - (long)(ctx->ingress_ifindex & 7);

	if (!table)
		return XDP_PASS;
	return table->bytes[index];
}

SEC("kprobe/do_nanosleep")
int peek(struct pt_regs *ctx)
{
	u64 *address = (void *)bpf_get_current_task();

	return *address == 0;
}

SEC("kprobe/do_nanosleep")
int copy(struct pt_regs *ctx)
{
	char bytes[16] = {};
	u32 key = 0;
	u64 *stored = bpf_map_lookup_elem(&counts, &key);

	if (!stored)
		return 0;
	long size = *(volatile long *)stored;

	if (size > 16)
		return 0;
	bpf_probe_read_kernel(bytes, size, ctx);
	return bytes[0];
}

SEC("xdp")
int stack(struct xdp_md *ctx)
{
	return bpf_get_stackid(ctx, &stacks, 0) < 0 ? XDP_DROP : XDP_PASS;
}

SEC("tracepoint/syscalls/sys_enter_execve")
int report(void *ctx)
{
	struct record *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	if (!record)
		return 0;
	record->pid = bpf_get_current_pid_tgid() >> 32;
	if (bpf_get_current_comm(record->comm, sizeof(record->comm)))
		return 0;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("cgroup_skb/egress")
int seven(struct __sk_buff *skb)
{
	return 7;
}

SEC("xdp")
int until_zero(struct xdp_md *ctx)
{
	u64 x = bpf_ktime_get_ns();
	u32 steps = 0;

	while (x) {
		x &= x - 1;
		steps++;
	}
	return steps;
}

char LICENSE[] SEC("license") = "GPL";
