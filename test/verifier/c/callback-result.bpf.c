// Refused: At callback return the register R0 has smin=0 smax=4294967295 should have been in [0, 1] (EINVAL, callback_return)
//
// The function that bpf_loop() calls returns 0 to go on and 1 to stop, nothing else. Whoever returns the index, or an
// error, means one of the two.
#include "shared.h"

static long round_of(__u32 index, void *context)
{
	return index;
}

SEC("tc")
int repeat(struct __sk_buff *skb)
{
	return bpf_loop(10, round_of, 0, 0);
}

char LICENSE[] SEC("license") = "GPL";
