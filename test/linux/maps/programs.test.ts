import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble } from "../../../src/asm/assemble.ts";
import { encode } from "../../../src/isa/encode.ts";
import { BpfSubsystem } from "../../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../../src/linux/linux.ts";
import { MapCommands } from "../../../src/maps/commands.ts";
import { errnoName } from "../../../src/maps/errno.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import {
  available,
  close,
  mapCreate,
  mapDelete,
  mapFreeze,
  mapLookup,
  mapNextKey,
  mapUpdate,
  progLoad,
  suiteName,
} from "../bpf.ts";

const SPEC: MapSpec = { type: "prog_array", name: "p", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 };
const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);
const { insns } = assemble("r0 = 1\nexit", { helper: () => undefined, map: () => -1 });

/** What a command may name: programs of two types, and a number that is nothing. */
const VALUES = ["filter", "filter", "xdp", "nothing"] as const;

describe.skipIf(!available)(suiteName("arrays of programs against the running Linux"), () => {
  test("random commands: the same errors, programs at the same places", () => {
    const filter = progLoad({ type: "socket_filter", insns: encode(insns) }).fd;
    const xdp = progLoad({ type: "xdp", insns: encode(insns) }).fd;
    const step = fc.record({
      op: fc.constantFrom("update", "update", "lookup", "delete", "next", "first", "freeze"),
      key: fc.constantFrom(0, 1, 2, 3, 4, 0xffff_ffff),
      value: fc.constantFrom(...VALUES),
      flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4, 8),
    });
    try {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          const { fd } = mapCreate(SPEC);
          const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
          const ours = new MapCommands(bpf.createMap(SPEC));
          const ids = (["socket_filter", "xdp"] as const).map(
            (type) => bpf.load({ type, name: "x", insns, maps: [], license: "GPL" }).id,
          );
          const linuxValue = { filter, xdp, nothing: 9999 };
          const ourValue = { filter: ids[0]!, xdp: ids[1]!, nothing: 9999 };
          try {
            for (const { op, key, value, flags } of steps) {
              const at = words(key);
              const told = [op, key, value, flags];
              const same = (book: number, linux: string | undefined) =>
                expect([...told, errnoName(book)]).toEqual([...told, linux]);
              switch (op) {
                case "update":
                  same(
                    ours.update(at, words(ourValue[value]), flags),
                    mapUpdate(fd, at, words(linuxValue[value]), flags).errno,
                  );
                  break;
                case "lookup": {
                  const linux = mapLookup(fd, at, 4);
                  const book = ours.lookup(at);
                  same(book.result, linux.errno);
                  break;
                }
                case "delete":
                  same(ours.delete(at), mapDelete(fd, at).errno);
                  break;
                case "freeze":
                  same(ours.freeze(), mapFreeze(fd).errno);
                  break;
                default: {
                  const from = op === "first" ? undefined : at;
                  const linux = mapNextKey(fd, from, 4);
                  const book = ours.nextKey(from);
                  same(book.result, linux.errno);
                  if (linux.ok) expect(book.key).toEqual(linux.key);
                }
              }
            }
          } finally {
            close(fd);
          }
        }),
        { numRuns: process.env.BPFBOOK_NIGHT ? 1000 : 60 },
      );
    } finally {
      close(filter);
      close(xdp);
    }
  });
});
