import { ARENA_PAGE, ArenaMap } from "../../maps/arena.ts";
import { ERRNO } from "../../maps/errno.ts";
import type { Host } from "../host.ts";
import { mapAt } from "../map-helpers.ts";
import type { KfuncImplementation } from "./implementation.ts";

function arenaAt(host: Host, header: number): ArenaMap | undefined {
  const map = mapAt(host, header);
  return map instanceof ArenaMap ? map : undefined;
}

/** Pages of arenas. */
export const ARENA_KFUNCS: readonly KfuncImplementation[] = [
  {
    name: "bpf_arena_alloc_pages",
    passing: "u64",
    args: ["const_map_ptr", "anything", "const_size", "const_size", "anything"],
    implement: (host) => (header, low, high, count, _node, flags, flagsHigh) => {
      const arena = arenaAt(host, header!);
      host.memory.returnHigh = 0;
      if (arena === undefined || flags !== 0 || flagsHigh !== 0) return 0;
      const page = arena.allocatePages(low!, high!, count! >>> 0);
      if (page < 0) return 0;
      const address = arena.arena.start + BigInt(page * ARENA_PAGE);
      host.memory.returnHigh = Number(BigInt.asIntN(32, address >> 32n));
      return Number(BigInt.asIntN(32, address));
    },
  },
  {
    name: "bpf_arena_free_pages",
    passing: "void",
    args: ["const_map_ptr", "anything", "const_size"],
    implement: (host) => (header, low, high, count) => {
      if (low !== 0 || high !== 0) arenaAt(host, header!)?.freePages(low!, count! >>> 0);
      return 0;
    },
  },
  {
    name: "bpf_arena_reserve_pages",
    passing: "u32",
    args: ["const_map_ptr", "anything", "const_size"],
    implement: (host) => (header, low, _high, count) =>
      arenaAt(host, header!)?.reservePages(low!, count! >>> 0) ?? -ERRNO.EINVAL,
  },
];
