import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAP_FLAGS } from "../../../src/maps/flags.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import { BareMap } from "../../maps/bare-map.ts";
import { available, close, mapCreate, mapDelete, mapUpdate, progLoad, progTestRun, suiteName } from "../bpf.ts";
import { add, call, EXIT, move, program, set, slot, wide } from "../slots.ts";
import { dump } from "./compare.ts";
import { pinned } from "./pinned.ts";

const { NO_COMMON_LRU, ZERO_SEED } = MAP_FLAGS;
const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

/** A lookup from a program, which unlike bpf(2)'s counts as a use: the key is in the packet. */
const LOOK = program(
  [move(6, 1), set(2, 0), move(3, 10), add(3, -8), set(4, 4), call(26)], // skb_load_bytes(ctx, 0, fp - 8, 4)
  [...wide(1, 0, 1), move(2, 10), add(2, -8), call(1)],
  [slot(0x15, 0, 0, 1, 0), set(0, 1), EXIT],
);

function packetWith(key: number): Uint8Array {
  const data = new Uint8Array(64);
  data.set(words(key), 14);
  return data;
}

describe.skipIf(!available)(suiteName("LRU maps against the running Linux: what is evicted, and when"), () => {
  const shapes: readonly (readonly [MapSpec["type"], number, number])[] = (
    ["lru_hash", "lru_percpu_hash"] as const
  ).flatMap((type) =>
    [ZERO_SEED, ZERO_SEED | NO_COMMON_LRU].flatMap((flags) =>
      [1, 2, 3, 8, 21, 100].map((entries) => [type, flags, entries] as const),
    ),
  );

  test.each(shapes)("%s with flags %i, %i entries", (type, flags, maxEntries) => {
    const spec: MapSpec = { type, name: "l", keySize: 4, valueSize: 4, maxEntries, flags };
    const key = fc.nat(3 * maxEntries + 4);
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ op: fc.constant("update" as const), key, flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3) }),
      },
      { weight: 4, arbitrary: fc.record({ op: fc.constant("look" as const), key }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("delete" as const), key }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 4 * maxEntries, maxLength: 8 * maxEntries + 40, size: "max" }), (steps) =>
        pinned(() => {
          const { fd } = mapCreate(spec);
          const look = progLoad({ type: "socket_filter", insns: LOOK, mapFds: [fd] });
          const ours = new BareMap(spec, 0, new LinearMemory(), 2);
          try {
            for (const [index, each] of steps.entries()) {
              const at = words(each.key);
              switch (each.op) {
                case "update": {
                  const value = new Uint8Array(ours.runtime.userValueSize).fill(index);
                  expect(ours.update(at, value, each.flags)).toEqual(mapUpdate(fd, at, value, each.flags));
                  break;
                }
                case "look":
                  expect(ours.program.lookup(at) === undefined ? 0 : 1).toBe(
                    progTestRun(look.fd, { data: packetWith(each.key) }).retval,
                  );
                  break;
                case "delete":
                  expect(ours.delete(at)).toEqual(mapDelete(fd, at));
              }
              if (index % 5 === 0) expect(ours.dump()).toEqual(dump(fd, ours));
            }
            expect(ours.dump()).toEqual(dump(fd, ours));
            expect(ours.runtime.size).toBe(ours.dump().length);
          } finally {
            close(look.fd);
            close(fd);
          }
        }),
      ),
      { numRuns: process.env.BPFBOOK_NIGHT ? 200 : 8 },
    );
  });
});
