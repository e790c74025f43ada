/** mmap(2) of maps, beside what ours answers. */
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import { createMap } from "../../../src/maps/create.ts";
import { errnoName } from "../../../src/maps/errno.ts";
import { freeze } from "../../../src/maps/freeze.ts";
import { MapMapping, mayMap } from "../../../src/maps/mapping.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import { available, close, mapCreate, mapFreeze, suiteName } from "../bpf.ts";

const [MMAP, MUNMAP, PAGE] = [9, 11, 4096];
const [READ, WRITE, SHARED, PRIVATE] = [1, 2, 1, 2];
const [MMAPABLE, RDONLY_PROG, WRONLY_PROG] = [1 << 10, 1 << 7, 1 << 8];

describe.skipIf(!available)(suiteName("mapping of maps against the running Linux"), () => {
  const types = ["array", "hash", "percpu_array", "prog_array"] as const;
  test.each(
    types.flatMap((type) =>
      (type === "array" ? [0, MMAPABLE, MMAPABLE | RDONLY_PROG, MMAPABLE | WRONLY_PROG] : [0]).map(
        (flags) => [type, flags] as const,
      ),
    ),
  )("%s, flags %i", (type, flags) => {
    const mmap = koffi.load("libc.so.6").func("long syscall(long, uint64_t, long, long, long, long, long)");
    const spec: MapSpec = {
      type,
      name: "m",
      keySize: 4,
      valueSize: type === "prog_array" ? 4 : 8,
      maxEntries: 4,
      flags,
    };
    const { fd } = mapCreate(spec);
    const ours = createMap(new LinearMemory(), 0, spec);
    for (const frozen of [false, true]) {
      if (frozen) expect(errnoName(freeze(ours))).toBe(mapFreeze(fd).errno);
      for (const writable of [true, false])
        for (const copy of [false, true]) {
          const at = mmap(MMAP, 0, PAGE, writable ? READ | WRITE : READ, copy ? PRIVATE : SHARED, fd, 0) as number;
          const linux = at === -1 ? -koffi.errno() : 0;
          expect(mayMap(ours, { writable, private: copy }), `${frozen} ${writable} ${copy}`).toBe(linux);
          if (at === -1) continue;
          const mapped = new MapMapping(ours, { writable });
          // EBUSY while somebody may write to it.
          if (writable) expect(errnoName(freeze(ours))).toBe(mapFreeze(fd).errno);
          mapped.unmap();
          mmap(MUNMAP, at, PAGE, 0, 0, 0, 0);
        }
    }
    close(fd);
  });
});
