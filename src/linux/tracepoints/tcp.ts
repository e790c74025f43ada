// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const TCP_EVENTS = {
  tcp_ao_handshake_failure: [
    2265,
    "__u64 net_cookie 8 8; const void * skbaddr 16 8; const void * skaddr 24 8; int state 32 4s; __u8 saddr[28] 36 28; __u8 daddr[28] 64 28; int l3index 92 4s; __u16 sport 96 2; __u16 dport 98 2; __u16 family 100 2; bool fin 102 1; bool syn 103 1; bool rst 104 1; bool psh 105 1; bool ack 106 1; __u8 keyid 107 1; __u8 rnext 108 1; __u8 maclen 109 1",
    '"net=%llu state=%s family=%s src=%pISpc dest=%pISpc L3index=%d [%c%c%c%c%c] keyid=%u rnext=%u maclen=%u", REC->net_cookie, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->l3index, REC->fin ? \'F\' : \' \', REC->syn ? \'S\' : \' \', REC->rst ? \'R\' : \' \', REC->psh ? \'P\' : \' \', REC->ack ? \'.\' : \' \', REC->keyid, REC->rnext, REC->maclen',
  ],
  tcp_hash_ao_required: [
    2266,
    "__u64 net_cookie 8 8; const void * skbaddr 16 8; const void * skaddr 24 8; int state 32 4s; __u8 saddr[28] 36 28; __u8 daddr[28] 64 28; int l3index 92 4s; __u16 sport 96 2; __u16 dport 98 2; __u16 family 100 2; bool fin 102 1; bool syn 103 1; bool rst 104 1; bool psh 105 1; bool ack 106 1",
    '"net=%llu state=%s family=%s src=%pISpc dest=%pISpc L3index=%d [%c%c%c%c%c]", REC->net_cookie, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->l3index, REC->fin ? \'F\' : \' \', REC->syn ? \'S\' : \' \', REC->rst ? \'R\' : \' \', REC->psh ? \'P\' : \' \', REC->ack ? \'.\' : \' \'',
  ],
  tcp_hash_md5_mismatch: [
    2267,
    "__u64 net_cookie 8 8; const void * skbaddr 16 8; const void * skaddr 24 8; int state 32 4s; __u8 saddr[28] 36 28; __u8 daddr[28] 64 28; int l3index 92 4s; __u16 sport 96 2; __u16 dport 98 2; __u16 family 100 2; bool fin 102 1; bool syn 103 1; bool rst 104 1; bool psh 105 1; bool ack 106 1",
    '"net=%llu state=%s family=%s src=%pISpc dest=%pISpc L3index=%d [%c%c%c%c%c]", REC->net_cookie, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->l3index, REC->fin ? \'F\' : \' \', REC->syn ? \'S\' : \' \', REC->rst ? \'R\' : \' \', REC->psh ? \'P\' : \' \', REC->ack ? \'.\' : \' \'',
  ],
  tcp_hash_md5_unexpected: [
    2268,
    "__u64 net_cookie 8 8; const void * skbaddr 16 8; const void * skaddr 24 8; int state 32 4s; __u8 saddr[28] 36 28; __u8 daddr[28] 64 28; int l3index 92 4s; __u16 sport 96 2; __u16 dport 98 2; __u16 family 100 2; bool fin 102 1; bool syn 103 1; bool rst 104 1; bool psh 105 1; bool ack 106 1",
    '"net=%llu state=%s family=%s src=%pISpc dest=%pISpc L3index=%d [%c%c%c%c%c]", REC->net_cookie, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->l3index, REC->fin ? \'F\' : \' \', REC->syn ? \'S\' : \' \', REC->rst ? \'R\' : \' \', REC->psh ? \'P\' : \' \', REC->ack ? \'.\' : \' \'',
  ],
  tcp_hash_md5_required: [
    2269,
    "__u64 net_cookie 8 8; const void * skbaddr 16 8; const void * skaddr 24 8; int state 32 4s; __u8 saddr[28] 36 28; __u8 daddr[28] 64 28; int l3index 92 4s; __u16 sport 96 2; __u16 dport 98 2; __u16 family 100 2; bool fin 102 1; bool syn 103 1; bool rst 104 1; bool psh 105 1; bool ack 106 1",
    '"net=%llu state=%s family=%s src=%pISpc dest=%pISpc L3index=%d [%c%c%c%c%c]", REC->net_cookie, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->l3index, REC->fin ? \'F\' : \' \', REC->syn ? \'S\' : \' \', REC->rst ? \'R\' : \' \', REC->psh ? \'P\' : \' \', REC->ack ? \'.\' : \' \'',
  ],
  tcp_hash_bad_header: [
    2270,
    "__u64 net_cookie 8 8; const void * skbaddr 16 8; const void * skaddr 24 8; int state 32 4s; __u8 saddr[28] 36 28; __u8 daddr[28] 64 28; int l3index 92 4s; __u16 sport 96 2; __u16 dport 98 2; __u16 family 100 2; bool fin 102 1; bool syn 103 1; bool rst 104 1; bool psh 105 1; bool ack 106 1",
    '"net=%llu state=%s family=%s src=%pISpc dest=%pISpc L3index=%d [%c%c%c%c%c]", REC->net_cookie, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->l3index, REC->fin ? \'F\' : \' \', REC->syn ? \'S\' : \' \', REC->rst ? \'R\' : \' \', REC->psh ? \'P\' : \' \', REC->ack ? \'.\' : \' \'',
  ],
  tcp_cong_state_set: [
    2271,
    "const void * skaddr 8 8; __u16 sport 16 2; __u16 dport 18 2; __u16 family 20 2; __u8 saddr[4] 22 4; __u8 daddr[4] 26 4; __u8 saddr_v6[16] 30 16; __u8 daddr_v6[16] 46 16; __u8 cong_state 62 1",
    '"family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c cong_state=%u", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, REC->cong_state',
  ],
  tcp_bad_csum: [
    2272,
    "const void * skbaddr 8 8; __u8 saddr[28] 16 28; __u8 daddr[28] 44 28",
    '"skbaddr=%p src=%pISpc dest=%pISpc", REC->skbaddr, REC->saddr, REC->daddr',
  ],
  tcp_probe: [
    2273,
    "__u8 saddr[28] 8 28; __u8 daddr[28] 36 28; __u16 sport 64 2; __u16 dport 66 2; __u16 family 68 2; __u32 mark 72 4; __u16 data_len 76 2; __u32 snd_nxt 80 4; __u32 snd_una 84 4; __u32 snd_cwnd 88 4; __u32 ssthresh 92 4; __u32 snd_wnd 96 4; __u32 srtt 100 4; __u32 rcv_wnd 104 4; __u64 sock_cookie 112 8; const void * skbaddr 120 8; const void * skaddr 128 8",
    '"family=%s src=%pISpc dest=%pISpc mark=%#x data_len=%d snd_nxt=%#x snd_una=%#x snd_cwnd=%u ssthresh=%u snd_wnd=%u srtt=%u rcv_wnd=%u sock_cookie=%llx skbaddr=%p skaddr=%p", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->saddr, REC->daddr, REC->mark, REC->data_len, REC->snd_nxt, REC->snd_una, REC->snd_cwnd, REC->ssthresh, REC->snd_wnd, REC->srtt, REC->rcv_wnd, REC->sock_cookie, REC->skbaddr, REC->skaddr',
  ],
  tcp_sendmsg_locked: [
    2274,
    "const void * skb_addr 8 8; int skb_len 16 4s; int msg_left 20 4s; int size_goal 24 4s",
    '"skb_addr %p skb_len %d msg_left %d size_goal %d", REC->skb_addr, REC->skb_len, REC->msg_left, REC->size_goal',
  ],
  tcp_retransmit_synack: [
    2275,
    "const void * skaddr 8 8; const void * req 16 8; __u16 sport 24 2; __u16 dport 26 2; __u16 family 28 2; __u8 saddr[4] 30 4; __u8 daddr[4] 34 4; __u8 saddr_v6[16] 38 16; __u8 daddr_v6[16] 54 16",
    '"family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6',
  ],
  tcp_rcvbuf_grow: [
    2276,
    "int time 8 4s; __u32 rtt_us 12 4; __u32 copied 16 4; __u32 inq 20 4; __u32 space 24 4; __u32 ooo_space 28 4; __u32 rcvbuf 32 4; __u32 rcv_ssthresh 36 4; __u32 window_clamp 40 4; __u32 rcv_wnd 44 4; __u8 scaling_ratio 48 1; __u16 sport 50 2; __u16 dport 52 2; __u16 family 54 2; __u8 saddr[4] 56 4; __u8 daddr[4] 60 4; __u8 saddr_v6[16] 64 16; __u8 daddr_v6[16] 80 16; const void * skaddr 96 8; __u64 sock_cookie 104 8",
    '"time=%u rtt_us=%u copied=%u inq=%u space=%u ooo=%u scaling_ratio=%u rcvbuf=%u rcv_ssthresh=%u window_clamp=%u rcv_wnd=%u family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c skaddr=%p sock_cookie=%llx", REC->time, REC->rtt_us, REC->copied, REC->inq, REC->space, REC->ooo_space, REC->scaling_ratio, REC->rcvbuf, REC->rcv_ssthresh, REC->window_clamp, REC->rcv_wnd, __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, REC->skaddr, REC->sock_cookie',
  ],
  tcp_rcv_space_adjust: [
    2277,
    "const void * skaddr 8 8; __u16 sport 16 2; __u16 dport 18 2; __u16 family 20 2; __u8 saddr[4] 22 4; __u8 daddr[4] 26 4; __u8 saddr_v6[16] 30 16; __u8 daddr_v6[16] 46 16; __u64 sock_cookie 64 8",
    '"family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c sock_cookie=%llx", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, REC->sock_cookie',
  ],
  tcp_destroy_sock: [
    2278,
    "const void * skaddr 8 8; __u16 sport 16 2; __u16 dport 18 2; __u16 family 20 2; __u8 saddr[4] 22 4; __u8 daddr[4] 26 4; __u8 saddr_v6[16] 30 16; __u8 daddr_v6[16] 46 16; __u64 sock_cookie 64 8",
    '"family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c sock_cookie=%llx", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, REC->sock_cookie',
  ],
  tcp_receive_reset: [
    2279,
    "const void * skaddr 8 8; __u16 sport 16 2; __u16 dport 18 2; __u16 family 20 2; __u8 saddr[4] 22 4; __u8 daddr[4] 26 4; __u8 saddr_v6[16] 30 16; __u8 daddr_v6[16] 46 16; __u64 sock_cookie 64 8",
    '"family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c sock_cookie=%llx", __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, REC->sock_cookie',
  ],
  tcp_send_reset: [
    2280,
    "const void * skbaddr 8 8; const void * skaddr 16 8; int state 24 4s; enum sk_rst_reason reason 28 4; __u8 saddr[28] 32 28; __u8 daddr[28] 60 28",
    '"skbaddr=%p skaddr=%p src=%pISpc dest=%pISpc state=%s reason=%s", REC->skbaddr, REC->skaddr, REC->saddr, REC->daddr, REC->state ? __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }) : "UNKNOWN", __print_symbolic(REC->reason, { 0, "NOT_SPECIFIED" }, { 1, "NO_SOCKET" }, { 2, "TCP_INVALID_ACK_SEQUENCE" }, { 3, "TCP_RFC7323_PAWS" }, { 4, "TCP_TOO_OLD_ACK" }, { 5, "TCP_ACK_UNSENT_DATA" }, { 6, "TCP_FLAGS" }, { 7, "TCP_OLD_ACK" }, { 8, "TCP_ABORT_ON_DATA" }, { 9, "TCP_TIMEWAIT_SOCKET" }, { 10, "INVALID_SYN" }, { 11, "TCP_ABORT_ON_CLOSE" }, { 12, "TCP_ABORT_ON_LINGER" }, { 13, "TCP_ABORT_ON_MEMORY" }, { 14, "TCP_STATE" }, { 15, "TCP_KEEPALIVE_TIMEOUT" }, { 16, "TCP_DISCONNECT_WITH_DATA" }, { 17, "MPTCP_RST_EUNSPEC" }, { 18, "MPTCP_RST_EMPTCP" }, { 19, "MPTCP_RST_ERESOURCE" }, { 20, "MPTCP_RST_EPROHIBIT" }, { 21, "MPTCP_RST_EWQ2BIG" }, { 22, "MPTCP_RST_EBADPERF" }, { 23, "MPTCP_RST_EMIDDLEBOX" }, { 24, "ERROR" }, { 25, "MAX" })',
  ],
  tcp_retransmit_skb: [
    2281,
    "const void * skbaddr 8 8; const void * skaddr 16 8; int state 24 4s; __u16 sport 28 2; __u16 dport 30 2; __u16 family 32 2; __u8 saddr[4] 34 4; __u8 daddr[4] 38 4; __u8 saddr_v6[16] 42 16; __u8 daddr_v6[16] 58 16; int err 76 4s",
    '"skbaddr=%p skaddr=%p family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c state=%s err=%d", REC->skbaddr, REC->skaddr, __print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, __print_symbolic(REC->state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" }, { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" }, { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" }, { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" }, { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" }, { TCP_CLOSING, "TCP_CLOSING" }, { TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV" }), REC->err',
  ],
} as const satisfies EventRows;
