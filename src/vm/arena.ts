import { LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import { ARENA_PAGE, ArenaMap } from "../maps/arena.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Xlated } from "./types.ts";

/** Eight bytes below 64 KiB that no program reaches: where an access that runs over the end of a page is done. */
export const CROSSING = 0x28;

/** The index of the arena that a program's code names; Linux allows one. */
export function arenaIndex({ insns, maps }: ProgramSpec): { readonly arena?: number } {
  const names = ({ code, src }: ProgramSpec["insns"][number]): boolean =>
    code === LD_IMM64_CODE && (src === LD_IMM64.MAP_FD || src === LD_IMM64.MAP_VALUE);
  const found = insns.find((insn) => names(insn) && maps[insn.imm]?.type === "arena");
  return found === undefined ? {} : { arena: found.imm };
}

/** The arena that a program's address casts and 32-bit addresses are about. */
export function arenaOf({ arena }: Xlated, maps: readonly RuntimeMap[]): ArenaMap | undefined {
  const map = arena === undefined ? undefined : maps[arena];
  return map instanceof ArenaMap ? map : undefined;
}

/** The upper half of the process's addresses in an arena, in place: what a cast to address space 1 adds. */
export const upperHalf = (arena: ArenaMap | undefined): bigint => ((arena?.arena.start ?? 0n) >> 32n) << 32n;

/**
 * Where `bytes` bytes at a 32-bit address lie together, `CROSSING` (holding a copy) where they lie in two pages that are
 * apart, or -1 where a page is not there. `address` is a sum that may lie outside of 32 bits, where there is nothing.
 */
export function locateInArena(arena: ArenaMap, address: number, bytes: number): number {
  const end = address + bytes - 1;
  if (address < 0 || end > 0xffff_ffff) return -1;
  const first = arena.locate(address);
  const last = arena.locate(end);
  if (first < 0 || last < 0) return -1;
  if (last === first + bytes - 1) return first;
  const { u8 } = arena.memory;
  for (let i = 0; i < bytes; i++) u8[CROSSING + i] = u8[arena.locate(address + i)]!;
  return CROSSING;
}

/** Puts what was stored at `CROSSING` into the two pages that it is for. */
export function scatter(arena: ArenaMap, address: number, bytes: number): void {
  const { u8 } = arena.memory;
  for (let i = 0; i < bytes; i++) u8[arena.locate(address + i)] = u8[CROSSING + i]!;
}

/** The page of an address in an arena, for messages; undefined outside of it. */
export function arenaPage({ arena }: ArenaMap, low: number): number | undefined {
  const page = Math.floor((low - Number(BigInt.asUintN(32, arena.start))) / ARENA_PAGE);
  return page >= 0 && page < arena.pages ? page : undefined;
}
