import { hashWords2 } from "../../maps/jhash.ts";
import { IPV4, IPV6, type SkBuffs } from "./sk-buff.ts";

/** Protocols whose first four bytes are two ports. */
const WITH_PORTS: readonly number[] = [6, 17, 132];

/**
 * The hash of a packet's flow: the same for both directions, never 0. Linux's own is keyed with random bytes of each boot,
 * so no program can rely on more than that.
 */
export function flowHash(skbs: SkBuffs, skb: number): number {
  const { view } = skbs.memory;
  const end = skbs.get(skb, "data_end");
  const network = skbs.get(skb, "head") + skbs.get(skb, "network_header");
  const protocol = skbs.get(skb, "protocol");
  const [addresses, size, header, next] =
    protocol === IPV4 ? [12, 4, 20, 9] : protocol === IPV6 ? [8, 16, 40, 6] : [0, 0, 0, 0];
  if (size === 0 || network + header > end) return hashWords2(protocol, 0) >>> 0 || 1;
  const transport = view.getUint8(network + next);
  const behind = network + (protocol === IPV4 ? 4 * (view.getUint8(network) & 0xf) : header);
  const hasPorts = WITH_PORTS.includes(transport) && behind + 4 <= end;
  /** One end of the flow, in one number. */
  const endpoint = (number: 0 | 1): number => {
    let hash = hasPorts ? view.getUint16(behind + 2 * number) : 0;
    for (let at = 0; at < size; at += 4)
      hash = hashWords2(hash, view.getInt32(network + addresses + number * size + at));
    return hash >>> 0;
  };
  const ends = [endpoint(0), endpoint(1)];
  return hashWords2(hashWords2(Math.min(...ends), Math.max(...ends)), transport) >>> 0 || 1;
}
