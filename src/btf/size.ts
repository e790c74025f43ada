import { type Btf, MAX_DEPTH } from "./btf.ts";
import type { StructType, UnionType } from "./type.ts";

/** Bytes of a pointer in every BPF program and on the machines that it runs on. */
export const POINTER_BYTES = 8;

/**
 * Bytes that a value of a type takes, `undefined` where a type has no size (`void`, functions, forward declarations).
 * Throws `BtfError` for types that contain themselves.
 *
 * @example
 * sizeOf(btf, btf.byName("sk_buff", "struct")!.id); // 232
 */
export function sizeOf(btf: Btf, id: number): number | undefined {
  let count = 1;
  let at = id;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const type = btf.resolve(at);
    switch (type.kind) {
      case "int":
      case "struct":
      case "union":
      case "enum":
      case "enum64":
      case "float":
      case "datasec":
        return type.size * count;
      case "ptr":
        return POINTER_BYTES * count;
      case "array":
        count *= type.length;
        at = type.type;
        break;
      case "var":
        at = type.type;
        break;
      case "void":
      case "fwd":
      case "func":
      case "func_proto":
      case "decl_tag":
        return undefined;
    }
  }
  throw btf.error(id, "Loop detected");
}

/** Alignments that are known, by type; 0 while one is being worked out. */
export type Alignments = Map<number, number>;

/**
 * The alignment in bytes that C gives a type on a 64-bit machine, as far as BTF knows: a struct that is packed has 1.
 * `known` spares work where many types are asked for. Throws `BtfError` for types that contain themselves.
 *
 * @example
 * alignOf(btf, btf.byName("path", "struct")!.id); // 8
 */
export function alignOf(btf: Btf, id: number, known: Alignments = new Map()): number {
  const type = btf.resolve(id);
  const before = known.get(type.id);
  if (before === 0) throw btf.error(id, "Loop detected");
  if (before !== undefined) return before;
  known.set(type.id, 0);
  const align = (): number => {
    switch (type.kind) {
      case "int":
      case "enum":
      case "enum64":
      case "float":
        return Math.min(POINTER_BYTES, Math.max(type.size, 1));
      case "ptr":
        return POINTER_BYTES;
      case "array":
      case "var":
        return alignOf(btf, type.type, known);
      case "struct":
      case "union":
        return compositeAlign(btf, type, known);
      case "void":
      case "fwd":
      case "func":
      case "func_proto":
      case "datasec":
      case "decl_tag":
        return 1;
    }
  };
  const result = align();
  known.set(type.id, result);
  return result;
}

function compositeAlign(btf: Btf, type: StructType | UnionType, known: Alignments): number {
  let align = 1;
  for (const member of type.members) {
    const own = alignOf(btf, member.type, known);
    // A member that lies where its type may not means a packed struct.
    if (member.bitSize === 0 && member.bitOffset % (8 * own) !== 0) return 1;
    align = Math.max(align, own);
  }
  return type.size % align === 0 ? align : 1;
}
