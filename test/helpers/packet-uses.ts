/** Arguments with which each helper on packets does its work. */
import * as packet from "../../src/packets/build.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import type { BareHost } from "./bare-host.ts";

/** By helper; `make` makes a map, `host` is asked when the helper is called. */
export function packetUses(
  host: () => BareHost,
  make: (type: "devmap") => number,
): Readonly<Record<string, () => readonly number[]>> {
  const skb = (): number =>
    prepareTestRun(host().memory, "sched_cls", { data: packet.udp({ payload: "hello" }) }).context;
  const xdp = (): number => prepareTestRun(host().memory, "xdp", { data: packet.udp({ payload: "hello" }) }).context;
  const bytes = (): number => host().put("0123456789");
  const room = (): number => host().put(new Uint8Array(64));
  return {
    skb_load_bytes: () => [skb(), 14, 0, bytes(), 8],
    skb_load_bytes_relative: () => [skb(), 0, 0, bytes(), 8, 1, 0],
    skb_store_bytes: () => [skb(), 14, 0, bytes(), 8, 0, 0],
    skb_pull_data: () => [skb(), 20, 0],
    l3_csum_replace: () => [skb(), 24, 0, 1, 0, 2, 0, 2, 0],
    l4_csum_replace: () => [skb(), 40, 0, 1, 0, 2, 0, 4, 0],
    csum_update: () => [skb(), 1, 0],
    csum_level: () => [skb(), 0, 0],
    skb_change_tail: () => [skb(), 100, 0, 0, 0],
    skb_change_head: () => [skb(), 70, 0, 0, 0],
    skb_change_proto: () => [skb(), 0xdd86, 0, 0, 0],
    skb_adjust_room: () => [skb(), 20, 0, 1, 0, 0, 0],
    skb_vlan_push: () => [skb(), 0x0081, 0, 5, 0],
    skb_vlan_pop: () => [skb()],
    skb_change_type: () => [skb(), 1, 0],
    skb_ecn_set_ce: () => [skb()],
    skb_set_tstamp: () => [skb(), 5, 0, 1, 0],
    get_route_realm: () => [skb()],
    skb_get_tunnel_key: () => [skb(), room(), 28, 0, 0],
    skb_get_tunnel_opt: () => [skb(), room(), 8],
    skb_get_xfrm_state: () => [skb(), 0, 0, room(), 24, 0, 0],
    set_hash: () => [skb(), 7, 0],
    set_hash_invalid: () => [skb()],
    get_hash_recalc: () => [skb()],
    xdp_adjust_head: () => [xdp(), -20, 0],
    xdp_adjust_meta: () => [xdp(), -8, 0],
    xdp_adjust_tail: () => [xdp(), 20, 0],
    xdp_get_buff_len: () => [xdp()],
    xdp_load_bytes: () => [xdp(), 14, 0, bytes(), 8],
    xdp_store_bytes: () => [xdp(), 14, 0, bytes(), 8],
    fib_lookup: () => [xdp(), host().put(new Uint8Array(64).fill(2, 0, 1)), 64, 0, 0],
    check_mtu: () => [xdp(), 1, 0, host().put(new Uint8Array(4)), 0, 0, 0, 0],
    clone_redirect: () => [skb(), 1, 0, 0, 0],
    redirect: () => [1, 0, 0, 0],
    redirect_peer: () => [1, 0, 0, 0],
    redirect_neigh: () => [1, 0, 0, 0, 0, 0],
    redirect_map: () => [make("devmap"), 1, 0, 2, 0],
  };
}
