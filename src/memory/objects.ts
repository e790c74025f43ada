/**
 * The kernel-side objects behind contexts, laid out in linear memory. Linux's own `sk_buff` and `xdp_buff` spread over
 * several structures and change with each release; this is a made-up layout, `teaching-1`, with the members that programs
 * reach. Pointers are 8-byte direct-map addresses.
 */
import { DIRECT_MAP_HIGH, type LinearMemory } from "./memory.ts";

/** One member of a kernel-side object in linear memory. */
export interface ObjectField {
  readonly offset: number;
  /** 1, 2, 4 or 8: a store of a wider context field is cut, a load zero-extended. More for an array, which converts byte for byte. */
  readonly size: number;
}

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
  /** Bytes beyond the first page, one after the other; Linux has them in up to 17 pages. */
  frags: 8,
  frags_size: 4,
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
  /** `NO_HEADER` where nobody has said it. */
  transport_header: 2,
  /** Bytes before `data` in Linux's own buffer, which is moved where they do not suffice. */
  headroom: 2,
  /** What is known of checksums, `CHECKSUM_NONE` or `CHECKSUM_UNNECESSARY`, and how many were checked after the first. */
  ip_summed: 1,
  csum_level: 1,
  /** There are headers around the packet's own. */
  encapsulation: 1,
  /** `hash` holds the hash of the packet's flow. */
  hash_known: 1,
  /** Family, addresses and ports of the packet's socket. The port of the other side is as on the wire, in the upper half. */
  family: 4,
  remote_ip4: 4,
  local_ip4: 4,
  remote_port: 4,
  local_port: 4,
  remote_ip6: 16,
  local_ip6: 16,
  /** Of a flow dissector: what it fills. */
  flow_keys: 8,
});

/** A header whose place is not known. */
export const NO_HEADER = 0xffff;

/**
 * Reads and writes members of one kind of object in memory. Objects are named by their offset: what a helper gets for its
 * context.
 *
 * @example new ObjectView(memory, XDP_BUFF).get(context, "data_end")
 */
export class ObjectView<Name extends string> {
  readonly #memory: LinearMemory;
  readonly #members: Readonly<Record<Name, ObjectField>>;

  constructor(memory: LinearMemory, layout: ObjectLayout<Name>) {
    this.#memory = memory;
    this.#members = layout.members;
  }

  /** A member of at most 4 bytes, or the offset that a pointer points to. */
  get(at: number, name: Name): number {
    const { offset, size } = this.#members[name];
    const { view } = this.#memory;
    if (size === 1) return view.getUint8(at + offset);
    return size === 2 ? view.getUint16(at + offset, true) : view.getUint32(at + offset, true);
  }

  /** Writes a member, cut to its size. */
  set(at: number, name: Name, value: number): void {
    const { offset, size } = this.#members[name];
    const { view } = this.#memory;
    if (size === 1) view.setUint8(at + offset, value);
    else if (size === 2) view.setUint16(at + offset, value, true);
    else view.setUint32(at + offset, value, true);
  }

  /** Copies a member of any size from elsewhere in memory. */
  copyFrom(at: number, name: Name, from: number): void {
    const { offset, size } = this.#members[name];
    this.#memory.u8.copyWithin(at + offset, from, from + size);
  }

  /** Lets a member point to an offset. */
  point(at: number, name: Name, to: number): void {
    const { offset } = this.#members[name];
    this.#memory.view.setUint32(at + offset, to, true);
    this.#memory.view.setInt32(at + offset + 4, DIRECT_MAP_HIGH, true);
  }
}
