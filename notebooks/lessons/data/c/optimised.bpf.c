// Programs that show what clang makes of C (lesson 09).
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct table {
	u8 bytes[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct table);
} tables SEC(".maps");

// All of it is known before it runs.
SEC("xdp")
int known(struct xdp_md *ctx)
{
	int sum = 0;

	for (int i = 1; i <= 100; i++)
		sum += i;
	return sum;
}

// Four rounds, written one after the other.
SEC("xdp")
int unrolled(struct xdp_md *ctx)
{
	u8 *data = (void *)(long)ctx->data;
	u8 *end = (void *)(long)ctx->data_end;
	int sum = 0;

	if (data + 4 > end)
		return 0;
	for (int i = 0; i < 4; i++)
		sum += data[i];
	return sum;
}

// The check is made with one register, and the access with another.
SEC("xdp")
int two_registers(struct xdp_md *ctx)
{
	u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	u32 index = ctx->rx_queue_index;

	if (!table)
		return 0;
	u32 wanted = index;
	asm volatile("" : "+r"(wanted));
	if (index > 15)
		return 0;
	return table->bytes[wanted];
}

// The compiler is told that it does not know the value, so that the mask stays.
SEC("xdp")
int one_register(struct xdp_md *ctx)
{
	u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	u32 index = ctx->rx_queue_index;

	if (!table)
		return 0;
	asm volatile("" : "+r"(index));
	index &= 15;
	return table->bytes[index];
}

// A variable that was never set: clang may do what it likes with it.
SEC("xdp")
int never_set(struct xdp_md *ctx)
{
	int verdict;

	return verdict;
}

static __noinline int add(int a, int b)
{
	return a + b;
}

// A call within the object.
SEC("xdp")
int calls(struct xdp_md *ctx)
{
	return add(ctx->ingress_ifindex, ctx->rx_queue_index);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
