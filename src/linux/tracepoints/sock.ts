// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const SOCK_EVENTS = {
  sock_recv_length: [
    2283,
    "void * sk 8 8; __u16 family 16 2; __u16 protocol 18 2; int ret 20 4s; int flags 24 4s",
    '"sk address = %p, family = %s protocol = %s, length = %d, error = %d, flags = 0x%x", REC->sk, __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), __print_symbolic(REC->protocol, { 6, "IPPROTO_TCP" }, { 132, "IPPROTO_SCTP" }, { 262, "IPPROTO_MPTCP" }), !(REC->flags & 2) ? (REC->ret > 0 ? REC->ret : 0) : 0, REC->ret < 0 ? REC->ret : 0, REC->flags',
  ],
  sock_send_length: [
    2284,
    "void * sk 8 8; __u16 family 16 2; __u16 protocol 18 2; int ret 20 4s; int flags 24 4s",
    '"sk address = %p, family = %s protocol = %s, length = %d, error = %d, flags = 0x%x", REC->sk, __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), __print_symbolic(REC->protocol, { 6, "IPPROTO_TCP" }, { 132, "IPPROTO_SCTP" }, { 262, "IPPROTO_MPTCP" }), !(REC->flags & 2) ? (REC->ret > 0 ? REC->ret : 0) : 0, REC->ret < 0 ? REC->ret : 0, REC->flags',
  ],
  sk_data_ready: [
    2285,
    "const void * skaddr 8 8; __u16 family 16 2; __u16 protocol 18 2; unsigned long ip 24 8",
    '"family=%u protocol=%u func=%ps", REC->family, REC->protocol, (void *)REC->ip',
  ],
  inet_sk_error_report: [
    2286,
    "int error 8 4s; __u16 sport 12 2; __u16 dport 14 2; __u16 family 16 2; __u16 protocol 18 2; __u8 saddr[4] 20 4; __u8 daddr[4] 24 4; __u8 saddr_v6[16] 28 16; __u8 daddr_v6[16] 44 16",
    '"family=%s protocol=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c error=%d", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), __print_symbolic(REC->protocol, { 6, "IPPROTO_TCP" }, { 132, "IPPROTO_SCTP" }, { 262, "IPPROTO_MPTCP" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, REC->error',
  ],
  inet_sock_set_state: [
    2287,
    "const void * skaddr 8 8; int oldstate 16 4s; int newstate 20 4s; __u16 sport 24 2; __u16 dport 26 2; __u16 family 28 2; __u16 protocol 30 2; __u8 saddr[4] 32 4; __u8 daddr[4] 36 4; __u8 saddr_v6[16] 40 16; __u8 daddr_v6[16] 56 16",
    '"family=%s protocol=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c oldstate=%s newstate=%s", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), __print_symbolic(REC->protocol, { 6, "IPPROTO_TCP" }, { 132, "IPPROTO_SCTP" }, { 262, "IPPROTO_MPTCP" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, __print_symbolic(REC->oldstate, { 1, "TCP_ESTABLISHED" }, { 2, "TCP_SYN_SENT" }, { 3, "TCP_SYN_RECV" }, { 4, "TCP_FIN_WAIT1" }, { 5, "TCP_FIN_WAIT2" }, { 6, "TCP_TIME_WAIT" }, { 7, "TCP_CLOSE" }, { 8, "TCP_CLOSE_WAIT" }, { 9, "TCP_LAST_ACK" }, { 10, "TCP_LISTEN" }, { 11, "TCP_CLOSING" }, { 12, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->newstate, { 1, "TCP_ESTABLISHED" }, { 2, "TCP_SYN_SENT" }, { 3, "TCP_SYN_RECV" }, { 4, "TCP_FIN_WAIT1" }, { 5, "TCP_FIN_WAIT2" }, { 6, "TCP_TIME_WAIT" }, { 7, "TCP_CLOSE" }, { 8, "TCP_CLOSE_WAIT" }, { 9, "TCP_LAST_ACK" }, { 10, "TCP_LISTEN" }, { 11, "TCP_CLOSING" }, { 12, "TCP_NEW_SYN_RECV" })',
  ],
  sock_exceed_buf_limit: [
    2288,
    "char name[32] 8 32; long sysctl_mem[3] 40 24s; long allocated 64 8s; int sysctl_rmem 72 4s; int rmem_alloc 76 4s; int sysctl_wmem 80 4s; int wmem_alloc 84 4s; int wmem_queued 88 4s; int kind 92 4s",
    '"proto:%s sysctl_mem=%ld,%ld,%ld allocated=%ld sysctl_rmem=%d rmem_alloc=%d sysctl_wmem=%d wmem_alloc=%d wmem_queued=%d kind=%s", REC->name, REC->sysctl_mem[0], REC->sysctl_mem[1], REC->sysctl_mem[2], REC->allocated, REC->sysctl_rmem, REC->rmem_alloc, REC->sysctl_wmem, REC->wmem_alloc, REC->wmem_queued, __print_symbolic(REC->kind, { 0, "SK_MEM_SEND" }, { 1, "SK_MEM_RECV" })',
  ],
  sock_rcvqueue_full: [
    2289,
    "int rmem_alloc 8 4s; unsigned int truesize 12 4; int sk_rcvbuf 16 4s",
    '"rmem_alloc=%d truesize=%u sk_rcvbuf=%d", REC->rmem_alloc, REC->truesize, REC->sk_rcvbuf',
  ],
} as const satisfies EventRows;
