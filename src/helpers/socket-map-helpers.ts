/** Sockets in maps: put there, chosen, sent to. */
import { ERRNO } from "../maps/errno.ts";
import { isSocketMap, type SocketArrayMap, type SocketHashMap } from "../maps/socket-map.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";

const SK_DROP = 0;
const SK_PASS = 1;
const INGRESS = 1;

function socketMapAt(host: Host, header: number): SocketArrayMap | SocketHashMap | undefined {
  const map = mapAt(host, header);
  return isSocketMap(map) ? map : undefined;
}

/** A key in memory of a number that travels in a register. */
function indexKey(host: Host, index: number): number {
  const key = host.memory.allocate(8);
  host.memory.view.setUint32(key, index, true);
  return key;
}

/** Sends data to the socket of a map: the packet's, or the message's. */
const redirectTo = (host: Host, header: number, key: number, flags: number, flagsHigh: number): number => {
  const cookie = flags & ~INGRESS || flagsHigh !== 0 ? 0 : (socketMapAt(host, header)?.cookieAt(key) ?? 0);
  if (cookie === 0 || host.sockets?.redirect(cookie, flags) !== true) return SK_DROP;
  return SK_PASS;
};

const byIndex = (name: string): HelperImplementation => ({
  name,
  passing: "i32",
  implement: (host) => (_ctx, header, index, _high, flags, flagsHigh) => {
    const key = indexKey(host, index);
    const result = redirectTo(host, header, key, flags, flagsHigh);
    host.memory.free(key, 8);
    return result;
  },
});

const byKey = (name: string): HelperImplementation => ({
  name,
  passing: "i32",
  implement: (host) => (_ctx, header, key, flags, flagsHigh) => redirectTo(host, header, key, flags, flagsHigh),
});

/** Puts the context's socket into a map. */
const update = (name: string): HelperImplementation => ({
  name,
  passing: "i32",
  implement: (host) => (_ctx, header, key, flags) => {
    const map = mapAt(host, header);
    const cookie = host.sockets?.join(map?.index ?? -1) ?? 0;
    if (!isSocketMap(map) || cookie === 0) return -ERRNO.EOPNOTSUPP;
    return map.put(key, cookie, flags);
  },
});

export const SOCKET_MAP_HELPERS: readonly HelperImplementation[] = [
  byIndex("sk_redirect_map"),
  byIndex("msg_redirect_map"),
  byKey("sk_redirect_hash"),
  byKey("msg_redirect_hash"),
  update("sock_map_update"),
  update("sock_hash_update"),
  {
    name: "sock_ops_cb_flags_set",
    passing: "i32",
    implement: (host) => (_ctx, flags) => host.sockets?.callbacks(flags) ?? -ERRNO.EINVAL,
  },
  {
    name: "sk_assign",
    passing: "i32",
    implement: (host, type) => (_ctx, socket, flags, flagsHigh) =>
      host.sockets?.assign(socket, flagsHigh !== 0 ? -1 : flags, type === "sk_lookup") ?? -ERRNO.EOPNOTSUPP,
  },
  {
    name: "sk_select_reuseport",
    passing: "i32",
    implement: (host) => (_ctx, header, key, flags, flagsHigh) => {
      if (flags !== 0 || flagsHigh !== 0) return -ERRNO.EINVAL;
      const map = socketMapAt(host, header);
      const cookie = map?.cookieAt(key) ?? 0;
      if (cookie === 0) return -ERRNO.ENOENT;
      return host.sockets?.selectByCookie(cookie, map?.spec.type === "reuseport_sockarray") ?? -ERRNO.ENOENT;
    },
  },
  // Messages lie in one piece: there is nothing to be pulled.
  {
    name: "msg_pull_data",
    passing: "i32",
    implement: () => (_ctx, start, _startHigh, end, _endHigh, flags) =>
      flags !== 0 || end >>> 0 <= start >>> 0 ? -ERRNO.EINVAL : 0,
  },
];
