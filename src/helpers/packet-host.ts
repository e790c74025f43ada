/** Where a packet goes when the program has returned. */
export type Redirect =
  | { readonly kind: "device" | "peer"; readonly ifindex: number; readonly ingress: boolean }
  /** `redirect_neigh`: the next hop, 4 or 16 bytes; undefined: as routes say. */
  | { readonly kind: "neighbour"; readonly ifindex: number; readonly hop: Uint8Array | undefined }
  /** `redirect_map`: the map's index in the machine's table, and flags (8: to all devices of it, 16: but not back). */
  | { readonly kind: "map"; readonly map: number; readonly index: number; readonly flags: number };

/** What `bpf_fib_lookup` asks. */
export interface FibQuestion {
  /** 2 or 10. */
  readonly family: number;
  /** Sender, 16 bytes of which IPv4 uses 4; may be filled in. */
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  readonly ifindex: number;
  /** Bytes of the packet from its network header on; 0: not to be checked. */
  readonly length: number;
  readonly flags: number;
}

/** What it learns. */
export interface FibAnswer {
  /** `BPF_FIB_LKUP_RET_*`, or -errno. */
  readonly result: number;
  readonly ifindex?: number;
  readonly mtu?: number;
  readonly family?: number;
  readonly hop?: Uint8Array;
  /** Hardware addresses of the device and of the next hop, 12 bytes. */
  readonly macs?: Uint8Array;
}

/** A loaded program, as those who hold it run it. */
export interface HeldProgram {
  readonly id: number;
  readonly name: string;
  /** Its program type. */
  readonly type: string;
  /** Runs on the context at an offset of linear memory; gives its return value, unsigned. */
  readonly run: (context: number) => number;
}

/** Programs for those who do not load them. */
export interface HeldPrograms {
  /** The one with an id, which maps and options of sockets name. */
  find(id: number): HeldProgram | undefined;
  /** What a classic filter becomes (`struct sock_filter` in a row); undefined where Linux refuses it. */
  classic(filter: Uint8Array): HeldProgram | undefined;
}

/** The network as helpers of packet programs see it. A machine without one has only its loopback device. */
export interface PacketHost {
  redirect(target: Redirect): void;
  /** Sends a copy of the socket buffer `context` now; 0 or -errno. */
  cloneRedirect(context: number, ifindex: number, flags: number): number;
  /** A device's longest packet; 0 names the device of the packet. */
  mtu(ifindex: number): number | undefined;
  fib(question: FibQuestion): FibAnswer;
  /** Is told how to find programs and to make them. */
  connect(programs: HeldPrograms): void;
  /** Offset of what programs see of an AF_XDP socket, by its number; 0 where there is none. */
  xsk(number: number): number;
}
