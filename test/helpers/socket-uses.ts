/** Sockets and cgroups for helpers without a machine, and arguments with which each helper on them does its work. */
import type { SocketHost } from "../../src/helpers/socket-host.ts";
import type { BareHost } from "./bare-host.ts";

/** One socket, of cgroup 7 below the root; every answer goes through `answer` on its way. */
export function bareSockets(answer: <T>(value: T) => T): SocketHost {
  return {
    retval: 0,
    cookie: () => answer(11),
    uid: () => answer(1000),
    netnsCookie: () => answer(1),
    find: ({ tuple }) => answer(64 * tuple.length),
    full: (object) => answer(object),
    tcp: (object) => answer(object),
    listener: (object) => answer(object),
    // Where a storage's value comes to lie depends on the memory's size: that question does not change it.
    cast: (object, struct) => (struct === "sock" ? object : answer(object)),
    cgroups: () => answer([1, 7]),
    setOption: (_object, level, name, value) => answer(level + name + value.length),
    getOption: (_object, _level, _name, value) => {
      value.fill(5);
      return answer(0);
    },
    bind: (address) => answer(-address.length),
    redirect: () => answer(true),
    enter: () => answer(0),
    join: () => answer(5),
    callbacks: (flags) => answer(flags & ~0x7f),
    assign: (_socket, flags) => answer(-flags),
    selectByCookie: (cookie) => answer(-cookie),
    takeAssigned: () => 0,
    attached: { cgroup: 7, attachType: 1 },
    get sysctl() {
      return answer({ name: "vm/swappiness", current: "60\n", written: "70" });
    },
  };
}

/** By helper; `make` makes a map, `host` is asked when the helper is called. */
export function socketUses(
  host: () => BareHost,
  make: (type: "cgroup_array" | "cgroup_storage_deprecated" | "sockmap" | "sockhash") => number,
): Readonly<Record<string, () => readonly number[]>> {
  const bytes = (size: number): number => host().put(new Uint8Array(size).fill(1));
  const lookup = (): readonly number[] => [64, bytes(12), 12, -1, -1, 0, 0];
  const casts = ["tcp6", "tcp", "tcp_timewait", "tcp_request", "udp6", "unix", "mptcp"].map((kind) => [
    `skc_to_${kind}_sock`,
    () => [64],
  ]);
  return {
    get_socket_cookie: () => [64],
    get_socket_uid: () => [64],
    get_netns_cookie: () => [64],
    sk_lookup_tcp: lookup,
    sk_lookup_udp: lookup,
    skc_lookup_tcp: lookup,
    sk_release: () => [64],
    sk_fullsock: () => [64],
    tcp_sock: () => [64],
    get_listener_sock: () => [64],
    ...Object.fromEntries(casts),
    setsockopt: () => [64, 1, 0, 12, 0, bytes(4), 4],
    getsockopt: () => [64, 1, 0, 12, 0, bytes(4), 4],
    bind: () => [64, bytes(16), 16],
    kptr_xchg: () => [host().put(new Uint8Array(8)) & ~7, 64],
    sk_redirect_map: () => [64, make("sockmap"), 0, 0, 0, 0],
    msg_redirect_map: () => [64, make("sockmap"), 0, 0, 1, 0],
    sk_redirect_hash: () => [64, make("sockhash"), bytes(4), 0, 0],
    msg_redirect_hash: () => [64, make("sockhash"), bytes(4), 1, 0],
    sock_map_update: () => [64, make("sockmap"), host().put(new Uint8Array(4)), 0, 0],
    sock_hash_update: () => [64, make("sockhash"), bytes(4), 0, 0],
    sock_ops_cb_flags_set: () => [64, 0xff, 0],
    sk_select_reuseport: () => [64, make("sockmap"), host().put(new Uint8Array(4)), 0, 0],
    sk_assign: () => [64, 64, 1, 0],
    msg_pull_data: () => [64, 0, 0, 4, 0, 0, 0],
    skb_cgroup_id: () => [64],
    sk_cgroup_id: () => [64],
    skb_ancestor_cgroup_id: () => [64, 1, 0],
    sk_ancestor_cgroup_id: () => [64, 1, 0],
    get_cgroup_classid: () => [64],
    skb_cgroup_classid: () => [64],
    skb_under_cgroup: () => [64, make("cgroup_array"), 0, 0],
    get_retval: () => [],
    set_retval: () => [-1, -1],
    get_local_storage: () => [make("cgroup_storage_deprecated"), 0, 0],
    sysctl_get_name: () => [64, bytes(32), 32, 0, 0],
    sysctl_get_current_value: () => [64, bytes(32), 32],
    sysctl_get_new_value: () => [64, bytes(32), 32],
    sysctl_set_new_value: () => [64, bytes(4), 4],
  };
}
