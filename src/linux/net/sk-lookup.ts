/** Programs of type `sk_lookup`: which socket gets a connection or datagram that none is connected to. */
import type { Task } from "../task.ts";
import { familyOf, ipBytes } from "./address.ts";
import type { NetNamespace } from "./namespace.ts";
import { selectSocket } from "./reuseport.ts";
import type { Skb } from "./skb.ts";
import type { Sock } from "./sock.ts";

/** `struct bpf_sk_lookup`. */
const CONTEXT = {
  family: 8,
  protocol: 12,
  remote4: 16,
  remote6: 20,
  remotePort: 36,
  local4: 40,
  local6: 44,
  localPort: 60,
  ifindex: 64,
  size: 72,
} as const;

const PASS = 1;

/** A program at a namespace. */
export interface LookupProgram {
  readonly run: (context: number) => number;
}

/** `refused`: no socket shall have it. Undefined: the namespace's tables decide. */
export type Chosen = Sock | "refused" | undefined;

/** `bpf_sk_lookup_run_v4` and its counterpart: programs in the order in which they were attached; the last that names a socket wins. */
export function skLookup(t: Task, skb: Skb, netns: NetNamespace): Chosen {
  if (netns.lookups.length === 0) return undefined;
  const { memory, network } = t.linux;
  const at = memory.allocate(CONTEXT.size);
  memory.u8.fill(0, at, at + CONTEXT.size);
  const word = (offset: number, value: number) => memory.view.setUint32(at + offset, value, true);
  word(CONTEXT.family, familyOf(skb.daddr));
  word(CONTEXT.protocol, skb.proto);
  const four = typeof skb.daddr === "number";
  memory.u8.set(ipBytes(skb.saddr), at + (four ? CONTEXT.remote4 : CONTEXT.remote6));
  memory.u8.set(ipBytes(skb.daddr), at + (four ? CONTEXT.local4 : CONTEXT.local6));
  memory.view.setUint16(at + CONTEXT.remotePort, skb.sport);
  word(CONTEXT.localPort, skb.dport);
  word(CONTEXT.ifindex, skb.dev?.ifindex ?? 0);
  let chosen: Sock | undefined;
  let refused = false;
  let itself = false;
  for (const { run } of netns.lookups) {
    const { result, sk, alone } = network.sockets.choose(t, { netns }, () => run(at));
    if (result !== PASS) refused = true;
    else if (sk !== undefined) {
      chosen = sk;
      itself = alone;
    }
  }
  memory.free(at, CONTEXT.size);
  // A program that names a socket outvotes one that drops; those that share the socket's port may get the packet in its place.
  if (chosen !== undefined && !itself) return selectSocket(t, skb, chosen);
  return chosen ?? (refused ? "refused" : undefined);
}
