/** Program types that are attached to a cgroup. */
import type { AttachType } from "./attach-types.ts";
import { CGROUP_SKB_CONTEXT } from "./contexts.ts";
import {
  BASE,
  CGROUP,
  CGROUP_SKB,
  CGROUP_SYSCTL,
  COARSE_TIME,
  NETWORK,
  RETVAL,
  SOCK_OPS,
  SOCKET_BUFFER,
  SOCKET_LOOKUP,
  SOCKET_OPTIONS,
  SOCKET_STORAGE,
} from "./helper-sets.ts";
import type { ProgramVariant } from "./row.ts";
import {
  CGROUP_DEVICE_CONTEXT,
  CGROUP_SOCK_CONTEXT,
  CGROUP_SYSCTL_CONTEXT,
  GETSOCKOPT_CONTEXT,
  POST_BIND4_CONTEXT,
  POST_BIND6_CONTEXT,
  SETSOCKOPT_CONTEXT,
  SOCK_OPS_CONTEXT,
  sockAddrContext,
} from "./socket-contexts.ts";
import { type Details, helpers } from "./tracing-rows.ts";
import type { ProgramType } from "./types.ts";

/** 0 refuses, 1 lets pass. */
const ALLOW = { min: 0, max: 1 };

const SOCK_ADDR = helpers(BASE, NETWORK, CGROUP, SOCKET_LOOKUP, SOCKET_STORAGE, SOCKET_OPTIONS, [
  "get_netns_cookie",
  "get_socket_cookie",
]);

/** Which system calls hand the program an address; the first is what a program is taken for. */
const SOCK_ADDR_PLACES = [
  "cgroup_inet4_bind",
  "cgroup_inet6_bind",
  "cgroup_inet4_connect",
  "cgroup_inet6_connect",
  "cgroup_unix_connect",
  "cgroup_udp4_sendmsg",
  "cgroup_udp6_sendmsg",
  "cgroup_unix_sendmsg",
  "cgroup_udp4_recvmsg",
  "cgroup_udp6_recvmsg",
  "cgroup_unix_recvmsg",
  "cgroup_inet4_getpeername",
  "cgroup_inet6_getpeername",
  "cgroup_unix_getpeername",
  "cgroup_inet4_getsockname",
  "cgroup_inet6_getsockname",
  "cgroup_unix_getsockname",
] as const satisfies readonly AttachType[];

function sockAddr(attach: AttachType): Required<Pick<ProgramVariant, "context" | "helpers" | "returns">> {
  const context = sockAddrContext(attach);
  // What has been received, and names that are only asked for, cannot be refused.
  if (/recvmsg|getpeername|getsockname/.test(attach))
    return { context, helpers: SOCK_ADDR, returns: { min: 1, max: 1 } };
  // A bind may also say that the port needs no privilege.
  const returns = /inet\d_bind/.test(attach) ? { min: 0, max: 3 } : ALLOW;
  const connects = /inet\d_connect/.test(attach) ? ["bind"] : [];
  return { context, helpers: helpers([...SOCK_ADDR], RETVAL, connects), returns };
}

const SOCKOPT = helpers(BASE, CGROUP, RETVAL, SOCKET_STORAGE, ["get_netns_cookie", "tcp_sock"]);

export const CGROUP_ROWS = {
  cgroup_skb: {
    doc: "Runs for each packet that a cgroup's sockets receive or send.",
    defaultAttach: "cgroup_inet_ingress",
    attachTypes: ["cgroup_inet_ingress", "cgroup_inet_egress"],
    context: CGROUP_SKB_CONTEXT,
    helpers: helpers(BASE, NETWORK, SOCKET_BUFFER, CGROUP, CGROUP_SKB, SOCKET_LOOKUP, SOCKET_STORAGE),
    packetAccess: "read",
    returns: ALLOW,
    // Bit 1 tells TCP of congestion.
    variants: { cgroup_inet_egress: { returns: { min: 0, max: 3 } } },
  },
  cgroup_sock: {
    doc: "Runs when a cgroup's process makes, binds or closes a socket.",
    defaultAttach: "cgroup_inet_sock_create",
    attachTypes: [
      "cgroup_inet_sock_create",
      "cgroup_inet_sock_release",
      "cgroup_inet4_post_bind",
      "cgroup_inet6_post_bind",
    ],
    context: CGROUP_SOCK_CONTEXT,
    helpers: helpers(BASE, CGROUP, COARSE_TIME, RETVAL, ["get_netns_cookie", "get_socket_cookie", "sk_storage_get"]),
    returns: ALLOW,
    variants: {
      cgroup_inet4_post_bind: { context: POST_BIND4_CONTEXT },
      cgroup_inet6_post_bind: { context: POST_BIND6_CONTEXT },
    },
  },
  cgroup_sock_addr: {
    doc: "Runs when a cgroup's process passes an address to a system call of sockets, and may change it.",
    defaultAttach: "cgroup_inet4_bind",
    attachTypes: SOCK_ADDR_PLACES,
    ...sockAddr("cgroup_inet4_bind"),
    variants: Object.fromEntries(SOCK_ADDR_PLACES.map((attach) => [attach, sockAddr(attach)])),
  },
  cgroup_sysctl: {
    doc: "Runs when a cgroup's process reads or writes a sysctl.",
    defaultAttach: "cgroup_sysctl",
    attachTypes: ["cgroup_sysctl"],
    context: CGROUP_SYSCTL_CONTEXT,
    helpers: helpers(BASE, CGROUP, COARSE_TIME, RETVAL, CGROUP_SYSCTL),
    returns: ALLOW,
  },
  cgroup_sockopt: {
    doc: "Runs when a cgroup's process gets or sets an option of a socket.",
    defaultAttach: "cgroup_getsockopt",
    attachTypes: ["cgroup_getsockopt", "cgroup_setsockopt"],
    context: GETSOCKOPT_CONTEXT,
    helpers: SOCKOPT,
    packetAccess: "write",
    packetArguments: true,
    returns: ALLOW,
    variants: { cgroup_setsockopt: { context: SETSOCKOPT_CONTEXT, helpers: helpers([...SOCKOPT], SOCKET_OPTIONS) } },
  },
  cgroup_device: {
    doc: "Runs when a cgroup's process opens a device, and may refuse.",
    defaultAttach: "cgroup_device",
    attachTypes: ["cgroup_device"],
    context: CGROUP_DEVICE_CONTEXT,
    helpers: helpers(BASE, CGROUP, RETVAL),
    returns: ALLOW,
  },
  sock_ops: {
    doc: "Runs at events of a cgroup's TCP connections.",
    attachTypes: ["cgroup_sock_ops"],
    context: SOCK_OPS_CONTEXT,
    helpers: helpers(BASE, NETWORK, CGROUP, SOCKET_OPTIONS, SOCKET_STORAGE, SOCK_OPS),
    returns: ALLOW,
  },
} as const satisfies Readonly<Partial<Record<ProgramType, Details>>>;
