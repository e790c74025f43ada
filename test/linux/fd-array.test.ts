/** Maps that a program names by their place in a list beside it. */
import { describe, expect, test } from "vitest";
import { decode } from "../../src/isa/encode.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { verify } from "../../src/verifier/verify.ts";
import { available, close, mapCreate, progLoad, suiteName } from "./bpf.ts";
import { EXIT, program, set, slot } from "./slots.ts";

const MAP: MapSpec = { name: "one", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };

describe.skipIf(!available)(suiteName("map_idx against the running Linux"), () => {
  test.each([
    ["a map", 5, 0, 0, true],
    ["a value", 6, 0, 4, true],
    ["a value beyond its end", 6, 0, 8, true],
    ["a map with an offset", 5, 0, 1, true],
    ["no list", 5, 0, 0, false],
    ["no list, with an offset", 5, 0, 1, false],
    ["a value without a list", 6, 0, 0, false],
  ] as const)("%s", (_, source, index, next, listed) => {
    const insns = program(slot(0x18, 1, source, 0, index), slot(0, 0, 0, 0, next), set(0, 0), EXIT);
    const { fd } = mapCreate(MAP);
    const theirs = progLoad({ type: "xdp", insns, logLevel: 1, ...(listed ? { fdArray: [fd] } : {}) });
    const list = listed ? { fdArray: [0] } : {};
    const ours = verify({ type: "xdp", name: "x", license: "GPL", insns: decode(insns), maps: [MAP], ...list });
    close(theirs.fd);
    close(fd);
    expect({ ok: ours.ok, errno: ours.errno }).toEqual({ ok: theirs.ok, errno: theirs.errno });
    if (!theirs.ok) expect(ours.error).toBe(theirs.log.split("\n")[0]);
  });
});
