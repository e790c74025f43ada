/** Helpers that ask where packets may go: routes, neighbours, devices' longest packets. */
import { ERRNO } from "../../maps/errno.ts";
import { ObjectView, SK_BUFF, XDP_BUFF } from "../../memory/objects.ts";
import type { HelperImplementation } from "../row.ts";

const AF_INET = 2;
const AF_INET6 = 10;
/** `struct bpf_fib_lookup`: places of its members. */
const FIB = { family: 0, length: 6, ifindex: 8, source: 16, target: 32, macs: 52, size: 64 } as const;
const FIB_FLAGS = 0x3f;
const FRAG_NEEDED = 8;
const ETHERNET = 14;

export const ROUTE_HELPERS: readonly HelperImplementation[] = [
  {
    name: "fib_lookup",
    passing: "i32",
    implement: (host) => (_context, params, size, flags, flagsHigh) => {
      if (size < FIB.size || flagsHigh !== 0 || flags & ~FIB_FLAGS) return -ERRNO.EINVAL;
      let { u8, view } = host.memory;
      const family = u8[params + FIB.family]!;
      if (family !== AF_INET && family !== AF_INET6) return -ERRNO.EAFNOSUPPORT;
      if (host.packets === undefined) return -ERRNO.ENODEV;
      const bytes = family === AF_INET ? 4 : 16;
      const source = u8.slice(params + FIB.source, params + FIB.source + bytes);
      const answer = host.packets.fib({
        ...{ family, source, flags },
        target: u8.slice(params + FIB.target, params + FIB.target + bytes),
        ifindex: view.getUint32(params + FIB.ifindex, true),
        length: view.getUint16(params + FIB.length, true),
      });
      // The question may have let memory grow.
      ({ u8, view } = host.memory);
      if (answer.mtu !== undefined && (answer.result === FRAG_NEEDED || answer.result === 0))
        view.setUint16(params + FIB.length, answer.mtu, true);
      if (answer.ifindex === undefined) return answer.result;
      u8.set(source, params + FIB.source);
      view.setUint32(params + FIB.ifindex, answer.ifindex, true);
      // The route's metric; the tables here have none.
      view.setUint32(params + 12, 0, true);
      u8[params + FIB.family] = answer.family ?? family;
      if (answer.hop !== undefined) u8.set(answer.hop, params + FIB.target);
      if (answer.macs !== undefined) u8.set(answer.macs, params + FIB.macs);
      return answer.result;
    },
  },
  {
    name: "check_mtu",
    passing: "i32",
    implement: (host, type) => {
      const xdp = new ObjectView(host.memory, XDP_BUFF);
      const skb = new ObjectView(host.memory, SK_BUFF);
      return (context, ifindex, _high, result, difference, _differenceHigh, flags, flagsHigh) => {
        const known = type === "xdp" ? 0 : 1;
        if (flagsHigh !== 0 || flags & ~known) return -ERRNO.EINVAL;
        const mtu = host.packets?.mtu(ifindex);
        if (mtu === undefined) return -ERRNO.ENODEV;
        const asked = host.memory.view.getUint32(result, true);
        const own =
          type === "xdp"
            ? xdp.get(context, "data_end") - xdp.get(context, "data") + xdp.get(context, "frags_size")
            : skb.get(context, "len");
        const length = (asked === 0 ? own - ETHERNET : asked) + (difference | 0);
        host.memory.view.setUint32(result, mtu, true);
        if (length <= mtu) return 0;
        // What the card will cut by itself is no longer than its pieces.
        if (type !== "xdp" && asked === 0 && skb.get(context, "gso_size") > 0) return 0;
        return 1;
      };
    },
  },
];
