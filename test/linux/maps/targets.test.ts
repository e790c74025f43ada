import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../../src/maps/create.ts";
import { errnoName } from "../../../src/maps/errno.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import { available, close, mapCreate, mapDelete, mapLookup, mapNextKey, mapUpdate, suiteName } from "../bpf.ts";

const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

describe.skipIf(!available)(suiteName("targets of redirection against the running Linux"), () => {
  test.each([
    ["devmap", 4],
    ["devmap", 8],
    ["devmap_hash", 4],
    ["devmap_hash", 8],
    ["cpumap", 4],
    ["cpumap", 8],
  ] as const)("%s with values of %i bytes", (type, valueSize) => {
    const spec: MapSpec = { type, name: "d", keySize: 4, valueSize, maxEntries: 4, flags: 0 };
    const step = fc.record({
      op: fc.constantFrom("update", "update", "update", "lookup", "delete", "next"),
      key: fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 12),
      // Loopback is device 1; nothing is device 9999.
      target: fc.constantFrom(0, 1, 1, 1, 9999, 64, 16385),
      program: fc.constantFrom(0, -1, 500),
      flags: fc.constantFrom(0, 0, 0, 1, 2, 3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { fd } = mapCreate(spec);
        const memory = new LinearMemory();
        const ours = createMap(memory, 0, spec, { cpus: 2, maps: [], hasDevice: (ifindex) => ifindex === 1 });
        const [key, value] = [memory.allocate(8), memory.allocate(8)];
        for (const { op, key: index, target, program, flags } of steps) {
          memory.u32[key >> 2] = index;
          const at = words(index);
          switch (op) {
            case "update": {
              memory.u32.set([target, program], value >> 2);
              const linux = mapUpdate(fd, at, words(target, program), flags);
              const book = errnoName(ours.userUpdate(key, value, flags));
              // A program that does not exist is refused before or after the device, by its descriptor.
              expect(linux.errno === "EBADF" ? "EINVAL" : linux.errno).toBe(book);
              break;
            }
            case "lookup": {
              const linux = mapLookup(fd, at, valueSize);
              expect(errnoName(ours.userLookup(key, value))).toBe(linux.errno);
              if (linux.ok) expect(memory.u8.slice(value, value + valueSize)).toEqual(linux.value);
              break;
            }
            case "delete":
              expect(errnoName(ours.userDelete(key))).toBe(mapDelete(fd, at).errno);
              break;
            default: {
              const linux = mapNextKey(fd, at, 4);
              expect(errnoName(ours.nextKey(key, value))).toBe(linux.errno);
              if (linux.ok) expect(words(memory.u32[value >> 2])).toEqual(linux.key);
            }
          }
        }
        close(fd);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 40 },
    );
  });
});
