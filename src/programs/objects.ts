/**
 * The kernel-side objects behind contexts, laid out in linear memory. Linux's own `sk_buff` and `xdp_buff` spread over
 * several structures and change with each release; this is a made-up layout, `teaching-1`, with the members that programs
 * reach. Pointers are 8-byte direct-map addresses.
 */
import type { ObjectField } from "./row.ts";

/** A structure: member name to place. */
export interface ObjectLayout<Name extends string> {
  readonly name: string;
  /** Bytes, a multiple of 8. */
  readonly size: number;
  readonly members: Readonly<Record<Name, ObjectField>>;
}

/** Lays members out in the order given, each at a multiple of its size (at most 8), as C does. */
function layout<Name extends string>(name: string, sizes: Readonly<Record<Name, number>>): ObjectLayout<Name> {
  let end = 0;
  const members = {} as Record<Name, ObjectField>;
  for (const [member, size] of Object.entries(sizes) as [Name, number][]) {
    // An array of words (`cb`) is aligned to 8 so that programs may read it by 8.
    const align = Math.min(size, 8);
    const offset = Math.ceil(end / align) * align;
    members[member] = { offset, size };
    end = offset + size;
  }
  return { name, size: Math.ceil(end / 8) * 8, members };
}

/** A packet before Linux made a socket buffer of it. */
export const XDP_BUFF = layout("xdp_buff", {
  data: 8,
  data_end: 8,
  data_meta: 8,
  data_hard_start: 8,
  frame_size: 4,
  ingress_ifindex: 4,
  rx_queue_index: 4,
  egress_ifindex: 4,
});

/** A socket buffer: the packet between `data` and `data_end`, and what Linux knows of it. */
export const SK_BUFF = layout("sk_buff", {
  head: 8,
  data: 8,
  data_end: 8,
  data_meta: 8,
  end: 8,
  sk: 8,
  tstamp: 8,
  hwtstamp: 8,
  /** 20 bytes for the program's own use. */
  cb: 20,
  len: 4,
  mark: 4,
  priority: 4,
  ingress_ifindex: 4,
  ifindex: 4,
  hash: 4,
  tc_classid: 4,
  napi_id: 4,
  wire_len: 4,
  queue_mapping: 2,
  /** As on the wire, that is big-endian, as all programs expect it. */
  protocol: 2,
  vlan_tci: 2,
  vlan_proto: 2,
  tc_index: 2,
  gso_segs: 2,
  gso_size: 2,
  pkt_type: 1,
  vlan_present: 1,
  tstamp_type: 1,
  /** Where the headers begin, from `head`. */
  mac_header: 2,
  network_header: 2,
});
