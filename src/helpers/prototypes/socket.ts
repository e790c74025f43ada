/** Sockets and their messages: prototypes. */
import { any, bytes, ctx, key, MOVES, map, out, PACKET, prototype, size, size0, sock } from "./prototype.ts";

const LOOKUP = [ctx, bytes, size0, any, any] as const;
const cast = (struct: string) => ({ returns: "ptr_to_btf_id_or_null", struct }) as const;

export const SOCKET_PROTOTYPES = [
  prototype(46, "get_socket_cookie", [ctx], "A number that names the packet's socket.", {
    variants: Object.fromEntries(
      ["tracing", "lsm", "syscall", "sk_reuseport"].map((type) => [
        type,
        { args: ["ptr_to_btf_id_sock_common_or_null"] },
      ]),
    ),
  }),
  prototype(47, "get_socket_uid", [ctx], "The user of the packet's socket."),
  prototype(49, "setsockopt", [ctx, any, any, bytes, size], "Sets an option of the socket.", {
    variants: { struct_ops: { args: [sock, any, any, bytes, size] } },
  }),
  prototype(52, "sk_redirect_map", [ctx, map, any, any], "Sends the packet to a socket of a map."),
  prototype(53, "sock_map_update", [ctx, map, key, any], "Puts the socket into a map.", PACKET),
  prototype(57, "getsockopt", [ctx, any, any, out, size], "Copies an option of the socket.", {
    variants: { struct_ops: { args: [sock, any, any, out, size] } },
  }),
  prototype(59, "sock_ops_cb_flags_set", [ctx, any], "Says which events of the connection the program wants."),
  prototype(60, "msg_redirect_map", [ctx, map, any, any], "Sends the message to a socket of a map."),
  prototype(61, "msg_apply_bytes", [ctx, any], "For how many bytes the verdict holds."),
  prototype(62, "msg_cork_bytes", [ctx, any], "Waits for so many bytes before the program runs again."),
  prototype(63, "msg_pull_data", [ctx, any, any, any], "Makes part of the message directly accessible.", MOVES),
  prototype(64, "bind", [ctx, bytes, size], "Binds the socket to an address."),
  prototype(70, "sock_hash_update", [ctx, map, key, any], "Puts the socket into a map.", PACKET),
  prototype(71, "msg_redirect_hash", [ctx, map, key, any], "Sends the message to a socket of a map."),
  prototype(72, "sk_redirect_hash", [ctx, map, key, any], "Sends the packet to a socket of a map."),
  prototype(82, "sk_select_reuseport", [ctx, map, key, any], "Chooses the socket of a group that gets the packet."),
  prototype(84, "sk_lookup_tcp", LOOKUP, "The TCP socket for addresses and ports, to be released.", {
    ...PACKET,
    returns: "ptr_to_socket_or_null",
  }),
  prototype(85, "sk_lookup_udp", LOOKUP, "The UDP socket for addresses and ports, to be released.", {
    ...PACKET,
    returns: "ptr_to_socket_or_null",
  }),
  prototype(86, "sk_release", ["ptr_to_btf_id_sock_common_release"], "Gives a socket back."),
  prototype(90, "msg_push_data", [ctx, any, any, any], "Makes room in the message.", MOVES),
  prototype(91, "msg_pop_data", [ctx, any, any, any], "Takes bytes out of the message.", MOVES),
  prototype(95, "sk_fullsock", ["ptr_to_sock_common"], "The whole socket; NULL if it is a small one.", {
    returns: "ptr_to_socket_or_null",
  }),
  prototype(96, "tcp_sock", ["ptr_to_sock_common"], "The TCP part of a socket; NULL if it has none.", {
    returns: "ptr_to_tcp_sock_or_null",
  }),
  prototype(98, "get_listener_sock", ["ptr_to_sock_common"], "The listening socket that a connection came through.", {
    returns: "ptr_to_socket_or_null",
  }),
  prototype(99, "skc_lookup_tcp", LOOKUP, "The TCP socket for addresses and ports, small ones too, to be released.", {
    ...PACKET,
    returns: "ptr_to_sock_common_or_null",
  }),
  prototype(116, "tcp_send_ack", ["ptr_to_tcp_sock", any], "Sends an acknowledgement."),
  prototype(122, "get_netns_cookie", ["ptr_to_ctx_or_null"], "A number that names the network namespace."),
  prototype(124, "sk_assign", [ctx, sock, any], "Gives the packet to a socket.", {
    variants: { sk_lookup: { args: [ctx, "ptr_to_socket_or_null", any] } },
  }),
  prototype(128, "sk_cgroup_id", [sock], "The cgroup of a socket."),
  prototype(129, "sk_ancestor_cgroup_id", [sock, any], "An ancestor of the cgroup of a socket."),
  prototype(136, "skc_to_tcp6_sock", [sock], "The socket as `tcp6_sock`; NULL if it is none.", cast("tcp6_sock")),
  prototype(137, "skc_to_tcp_sock", [sock], "The socket as `tcp_sock`; NULL if it is none.", cast("tcp_sock")),
  prototype(
    138,
    "skc_to_tcp_timewait_sock",
    [sock],
    "The socket as `tcp_timewait_sock`; NULL if it is none.",
    cast("tcp_timewait_sock"),
  ),
  prototype(
    139,
    "skc_to_tcp_request_sock",
    [sock],
    "The socket as `tcp_request_sock`; NULL if it is none.",
    cast("tcp_request_sock"),
  ),
  prototype(140, "skc_to_udp6_sock", [sock], "The socket as `udp6_sock`; NULL if it is none.", cast("udp6_sock")),
  prototype(142, "load_hdr_opt", [ctx, "ptr_to_mem", size, any], "Copies an option of the TCP header."),
  prototype(143, "store_hdr_opt", [ctx, bytes, size, any], "Writes an option of the TCP header.", MOVES),
  prototype(144, "reserve_hdr_opt", [ctx, any, any], "Makes room for an option of the TCP header."),
  prototype(178, "skc_to_unix_sock", [sock], "The socket as `unix_sock`; NULL if it is none.", cast("unix_sock")),
  prototype(
    196,
    "skc_to_mptcp_sock",
    ["ptr_to_sock_common"],
    "The socket as `mptcp_sock`; NULL if it is none.",
    cast("mptcp_sock"),
  ),
];
