/** Where a packet goes after the program: the helpers say it to the network, and the program returns what they return. */
import { ERRNO } from "../../maps/errno.ts";
import { mapAt } from "../map-helpers.ts";
import type { HelperImplementation } from "../row.ts";

const XDP_ABORTED = 0;
const XDP_REDIRECT = 4;
const TC_ACT_SHOT = 2;
const TC_ACT_REDIRECT = 7;
const INGRESS = 1;

/** What `redirect_map` may be told to return where the map has no target. */
const ACTIONS = 3;
const BROADCAST = 8;
const EXCLUDE_INGRESS = 16;
/** `struct bpf_redir_neigh`: the family of the next hop, then its address. */
const NEIGHBOUR = 20;
const AF_INET6 = 10;

export const REDIRECT_HELPERS: readonly HelperImplementation[] = [
  {
    name: "redirect",
    passing: "i32",
    implement: (host, type) => {
      // XDP knows no flags; elsewhere the packet may enter the other device instead of leaving through it.
      const [known, refused, done] =
        type === "xdp" ? [0, XDP_ABORTED, XDP_REDIRECT] : [INGRESS, TC_ACT_SHOT, TC_ACT_REDIRECT];
      return (ifindex, _high, flags, flagsHigh) => {
        if (flags & ~known || flagsHigh !== 0) return refused;
        host.packets?.redirect({ kind: "device", ifindex: ifindex >>> 0, ingress: (flags & INGRESS) !== 0 });
        return done;
      };
    },
  },
  {
    name: "redirect_peer",
    passing: "i32",
    implement: (host) => (ifindex, _high, flags, flagsHigh) => {
      if (flags !== 0 || flagsHigh !== 0) return TC_ACT_SHOT;
      host.packets?.redirect({ kind: "peer", ifindex: ifindex >>> 0, ingress: true });
      return TC_ACT_REDIRECT;
    },
  },
  {
    name: "redirect_neigh",
    passing: "i32",
    implement: (host) => (ifindex, _high, neighbour, size, flags, flagsHigh) => {
      if (flags !== 0 || flagsHigh !== 0 || (size !== 0 && size < NEIGHBOUR)) return TC_ACT_SHOT;
      const { memory } = host;
      const bytes = size === 0 ? 0 : memory.view.getUint32(neighbour, true) === AF_INET6 ? 16 : 4;
      const hop = bytes === 0 ? undefined : memory.u8.slice(neighbour + 4, neighbour + 4 + bytes);
      host.packets?.redirect({ kind: "neighbour", ifindex: ifindex >>> 0, hop });
      return TC_ACT_REDIRECT;
    },
  },
  {
    name: "clone_redirect",
    passing: "i32",
    implement: (host) => (context, ifindex, _high, flags, flagsHigh) => {
      if (flags & ~INGRESS || flagsHigh !== 0) return -ERRNO.EINVAL;
      return host.packets?.cloneRedirect(context, ifindex >>> 0, flags) ?? -ERRNO.EINVAL;
    },
  },
  {
    name: "redirect_map",
    passing: "i32",
    implement: (host) => {
      const key = host.memory.allocate(4);
      return (header, index, _high, flags, flagsHigh) => {
        const map = mapAt(host, header);
        const isDevmap = map?.spec.type === "devmap" || map?.spec.type === "devmap_hash";
        const known = ACTIONS | (isDevmap ? BROADCAST | EXCLUDE_INGRESS : 0);
        if (map === undefined || flagsHigh !== 0 || flags & ~known) return XDP_ABORTED;
        host.memory.view.setUint32(key, index, true);
        if (map.lookup(key) === 0 && !(flags & BROADCAST)) return flags & ACTIONS;
        host.packets?.redirect({ kind: "map", map: map.index, index: index >>> 0, flags });
        return XDP_REDIRECT;
      };
    },
  },
];
