import type { ArgType, HelperPrototype } from "../row.ts";

type Details = Partial<Omit<HelperPrototype, "id" | "name" | "args" | "doc">>;

/** Short form of a prototype: returns an integer and needs no license unless `details` says otherwise. */
export const prototype = (
  id: number,
  name: string,
  args: readonly ArgType[],
  doc: string,
  details: Details = {},
): HelperPrototype => ({ id, name, gplOnly: false, args, returns: "integer", doc, ...details });

export const GPL = { gplOnly: true } as const;
/** Changes packet data. */
export const MOVES = { changesPacket: true } as const;
/** Takes memory in the packet. */
export const PACKET = { packetAccess: true } as const;

// Argument types that most prototypes use.
export const ctx = "ptr_to_ctx";
export const map = "const_map_ptr";
export const key = "ptr_to_map_key";
export const value = "ptr_to_map_value";
export const any = "anything";
export const out = "ptr_to_uninit_mem";
export const bytes = "ptr_to_mem_rdonly";
export const bytesOrNull = "ptr_to_mem_rdonly_or_null";
export const size = "const_size";
export const size0 = "const_size_or_zero";
export const sock = "ptr_to_btf_id_sock_common";
