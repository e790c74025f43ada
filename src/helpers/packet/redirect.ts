/** Where a packet goes after the program: the helpers say it, and the program returns what they return. */
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
/** `struct bpf_redir_neigh`. */
const NEIGHBOUR = 20;

export const REDIRECT_HELPERS: readonly HelperImplementation[] = [
  {
    name: "redirect",
    passing: "i32",
    implement: (_host, type) => {
      // XDP knows no flags; elsewhere the packet may enter the other device instead of leaving through it.
      const [known, refused, done] =
        type === "xdp" ? [0, XDP_ABORTED, XDP_REDIRECT] : [INGRESS, TC_ACT_SHOT, TC_ACT_REDIRECT];
      return (_device, _high, flags, flagsHigh) => (flags & ~known || flagsHigh !== 0 ? refused : done);
    },
  },
  {
    name: "redirect_peer",
    passing: "i32",
    implement: () => (_device, _high, flags, flagsHigh) =>
      flags !== 0 || flagsHigh !== 0 ? TC_ACT_SHOT : TC_ACT_REDIRECT,
  },
  {
    name: "redirect_neigh",
    passing: "i32",
    implement: () => (_device, _high, _neighbour, size, flags, flagsHigh) =>
      flags !== 0 || flagsHigh !== 0 || (size !== 0 && size < NEIGHBOUR) ? TC_ACT_SHOT : TC_ACT_REDIRECT,
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
        return map.lookup(key) === 0 && !(flags & BROADCAST) ? flags & ACTIONS : XDP_REDIRECT;
      };
    },
  },
];
