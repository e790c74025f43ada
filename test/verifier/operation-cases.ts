/** Programs that implement operations of Linux (`struct_ops`), and stores into its structures: what Linux 6.18 says. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

const control = (member: string, text: string): Pick<TypedText, "type" | "attach" | "text"> => ({
  type: "struct_ops",
  attach: { to: "tcp_congestion_ops", member },
  text,
});
const withSocket = (text: string, member = "ssthresh"): Pick<TypedText, "type" | "attach" | "text"> =>
  control(member, `r6 = *(u64 *)(r1 + 0)\n ${text}\n ${RETURN}`);

const ENTRY = `*(u64 *)(r10 - 16) = 0\n *(u64 *)(r10 - 8) = 0\n *(u64 *)(r10 - 32) = 0\n *(u64 *)(r10 - 24) = 0\n r1 = r6
 r2 = r10\n r2 += -16\n r3 = 12\n r4 = r10\n r4 += -32\n r5 = 16`;
const withConnection = (text: string): Pick<TypedText, "type" | "text"> => ({
  type: "xdp",
  text: `r6 = r1\n ${ENTRY}\n call bpf_xdp_ct_lookup\n if r0 == 0 goto out\n r7 = r0\n ${text}\n r1 = r7\n call bpf_ct_release\n out:\n ${RETURN}`,
});

export const OPERATION_CASES: readonly TypedText[] = [
  { name: "a window's threshold", ...withSocket("r1 = *(u32 *)(r6 + tcp_sock->snd_cwnd)") },
  { name: "a window is set", ...withSocket("*(u32 *)(r6 + tcp_sock->snd_cwnd) = 10", "cong_avoid") },
  {
    name: "the state of the algorithm",
    ...withSocket(
      "*(u64 *)(r6 + inet_connection_sock->icsk_ca_priv) = 10\n r6 += 8\n *(u64 *)(r6 + inet_connection_sock->icsk_ca_priv) = 10",
      "init",
    ),
  },
  {
    name: "behind the state of the algorithm",
    ...withSocket("r6 += 96\n *(u64 *)(r6 + inet_connection_sock->icsk_ca_priv) = 10", "init"),
  },
  {
    name: "a store beyond a member",
    ...withSocket("*(u64 *)(r6 + tcp_sock->snd_cwnd_stamp) = 10", "init"),
    error: "write access at off 1944 with size 8 beyond the member of tcp_sock ended at 1948",
    errno: "EACCES",
  },
  {
    name: "another member is written",
    ...withSocket("*(u32 *)(r6 + tcp_sock->srtt_us) = 10"),
    error: "no write support to tcp_sock at off 1680",
    errno: "EACCES",
  },
  { name: "an operation without a result", ...control("cong_avoid", "exit") },
  { name: "an operation with a result", ...control("ssthresh", "exit"), error: "R0 !read_ok", errno: "EACCES" },
  {
    name: "all arguments",
    ...control("cong_avoid", `r6 = *(u64 *)(r1 + 0)\n r7 = *(u64 *)(r1 + 8)\n r8 = *(u64 *)(r1 + 16)\n ${RETURN}`),
  },
  {
    name: "behind the arguments",
    ...control("ssthresh", `r6 = *(u64 *)(r1 + 8)\n ${RETURN}`),
    error: "invalid bpf_context access off=8 size=8",
    errno: "EACCES",
  },
  {
    name: "a sample of the rate",
    ...control("cong_control", `r6 = *(u64 *)(r1 + 24)\n r7 = *(u64 *)(r6 + 0)\n ${RETURN}`),
  },
  {
    name: "a sample of the rate is written",
    ...control("cong_control", `r6 = *(u64 *)(r1 + 24)\n *(u64 *)(r6 + 0) = 1\n ${RETURN}`),
    error: "only read is supported",
    errno: "EACCES",
  },
  {
    name: "Reno does it",
    ...control("ssthresh", "r1 = *(u64 *)(r1 + 0)\n call tcp_reno_ssthresh\n exit"),
  },
  { name: "an acknowledgement is sent", ...withSocket("r1 = r6\n r2 = 1\n call tcp_send_ack") },
  {
    name: "an option of the socket",
    ...withSocket(
      "*(u64 *)(r10 - 8) = 1\n r1 = r6\n r2 = 6\n r3 = 1\n r4 = r10\n r4 += -8\n r5 = 4\n call setsockopt",
      "init",
    ),
  },
  {
    name: "a helper that operations may not call",
    ...withSocket("r1 = r6\n call get_socket_cookie"),
    error: "program of this type cannot use helper bpf_get_socket_cookie#46",
    errno: "EINVAL",
  },
  {
    name: "an operation that cannot be implemented",
    ...control("get_info", RETURN),
    error: "attach to unsupported member get_info of struct tcp_congestion_ops",
    errno: "ENOTSUPP",
  },
  {
    name: "a member that is no operation",
    ...control("name", RETURN),
    error: "attach to invalid member name(@idx 11) of struct tcp_congestion_ops",
    errno: "EINVAL",
  },
  {
    name: "an operation under another license",
    ...control("ssthresh", RETURN),
    license: "",
    error: "struct ops programs must have a GPL compatible license",
    errno: "EINVAL",
  },
  { name: "a connection's mark", ...withConnection("*(u32 *)(r7 + nf_conn->mark) = 1") },
  {
    name: "another member of a connection",
    ...withConnection("*(u32 *)(r7 + nf_conn->timeout) = 1"),
    error: "no write support to nf_conn at off 8",
    errno: "EACCES",
  },
  {
    name: "more than a connection's mark",
    ...withConnection("*(u64 *)(r7 + nf_conn->mark) = 1"),
    error: "write access at off 168 with size 8 beyond the member of nf_conn ended at 172",
    errno: "EACCES",
  },
];
