import type { Execution } from "../interpreter/execution.ts";

/** What the next instruction will do to memory, as far as it can be told before: not for helpers. */
export interface MemoryAccess {
  /** The address as the program computes it. */
  readonly address: bigint;
  readonly bytes: number;
  /** `update` is an atomic: a read and a write that nothing can come between. */
  readonly kind: "read" | "write" | "update";
}

/**
 * The access of the instruction that comes next; undefined if it touches no memory, or is a call of a helper.
 *
 * @example memoryAccess(run); // { address: 0xffff888000021000n, bytes: 8, kind: "write" }
 */
export function memoryAccess(run: Execution): MemoryAccess | undefined {
  const operation = run.next;
  switch (operation.kind) {
    case "load":
    case "store":
    case "atomic": {
      const { base, bytes, offset, kind } = operation;
      const address = BigInt.asUintN(64, run.register(base) + BigInt(offset));
      return { address, bytes, kind: kind === "load" ? "read" : kind === "store" ? "write" : "update" };
    }
    default:
      return undefined;
  }
}

/** Whether two ranges of memory share a byte. */
export function overlaps(
  a: { readonly address: bigint; readonly bytes: number },
  b: { readonly address: bigint; readonly bytes: number },
): boolean {
  return a.address < b.address + BigInt(b.bytes) && b.address < a.address + BigInt(a.bytes);
}
