import type { ProgramType } from "../../programs/types.ts";

/** A program that is refused with a message of the catalogue: assembler text, or instructions that no assembler writes. */
export interface MessageExample {
  /** Default: `socket_filter`. */
  readonly type?: ProgramType;
  /** Default: `GPL`. */
  readonly license?: string;
  /** What `bpfbook verify` takes; maps are declared in it. */
  readonly text?: string;
  /** Raw instructions in hex, for what the assembler does not let pass. */
  readonly hex?: string;
}

export const HASH = ".map hash, hash, key 4, value 16, entries 4";
export const ARRAY = ".map array, array, key 4, value 16, entries 4";
export const RING = ".map ring, ringbuf, key 0, value 0, entries 4096";

/** r0 = the result of a lookup of key 0. */
export const lookup = (map: string): string => `*(u32 *)(r10 - 4) = 0
r2 = r10
r2 += -4
r1 = map[${map}]
call map_lookup_elem`;

/** r2 = the packet, r3 = its end, of xdp. */
export const PACKET = `r2 = *(u32 *)(r1 + 0)
r3 = *(u32 *)(r1 + 4)`;

/** r6 = a record of 8 bytes of the ring buffer. */
export const RECORD = `r1 = map[ring]
r2 = 8
r3 = 0
call ringbuf_reserve
if r0 == 0 goto out
r6 = r0`;

export const RETURN = "r0 = 0\nexit";
