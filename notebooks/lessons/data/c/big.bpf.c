#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* How often the loops go round; set it before the object is loaded. */
const volatile u32 rounds = 100;

struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 4);
    __type(key, u32);
    __type(value, u32);
} stages SEC(".maps");

/* Three branches, which the verifier follows both ways. */
static __always_inline u32 weigh(u32 x)
{
    u32 sum = 0;
#pragma unroll
    for (int bit = 0; bit < 3; bit++)
        if (bpf_get_prandom_u32() & (1u << bit))
            sum += x;
    return sum;
}

static __noinline u32 weigh_static(u32 x) { return weigh(x); }
__noinline u32 weigh_global(u32 x) { return weigh(x); }

SEC("xdp")
int calls_static(struct xdp_md *ctx)
{
    u32 sum = weigh_static(1);
    sum += weigh_static(2);
    sum += weigh_static(3);
    sum += weigh_static(4);
    return sum & 1 ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int calls_global(struct xdp_md *ctx)
{
    u32 sum = weigh_global(1);
    sum += weigh_global(2);
    sum += weigh_global(3);
    sum += weigh_global(4);
    return sum & 1 ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int loop_for(struct xdp_md *ctx)
{
    u32 sum = 0;
    for (u32 i = 0; i < rounds; i++)
        sum += bpf_get_prandom_u32();
    return sum & 1 ? XDP_PASS : XDP_DROP;
}

static long one_round(u32 i, u32 *sum)
{
    *sum += bpf_get_prandom_u32();
    return 0;
}

SEC("xdp")
int loop_helper(struct xdp_md *ctx)
{
    u32 sum = 0;
    bpf_loop(rounds, one_round, &sum, 0);
    return sum & 1 ? XDP_PASS : XDP_DROP;
}

/* Jumps to another program, from a function. */
__noinline static int jump(struct xdp_md *ctx)
{
    bpf_tail_call(ctx, &stages, 0);
    return 0;
}

SEC("xdp")
int jump_with_much(struct xdp_md *ctx)
{
    u64 room[33]; /* 264 bytes */
    bpf_xdp_load_bytes(ctx, 0, room, sizeof(room));
    jump(ctx);
    return room[32];
}

char LICENSE[] SEC("license") = "GPL";
