import { describe, expect, test } from "vitest";
import { BpfSubsystem } from "../../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../../src/linux/linux.ts";
import type { MapSpec, MapType } from "../../../src/maps/spec.ts";
import { FIRST_OFFSET } from "../../../src/memory/memory.ts";
import { interpret } from "../../../src/vm/interpreter/interpret.ts";
import { QUIET_HELPERS } from "../../../src/vm/interpreter/quiet.ts";
import { unverified } from "../../../src/vm/unverified.ts";
import { rawProgram } from "../support.ts";

const FORMAT = "*(u32 *)(r10 - 4) = 0x0a7525\nr1 = r10\nr1 += -4\nr2 = 4\nr3 = 7";
const KEY = "*(u64 *)(r10 - 8) = 32\nr1 = map[m]\nr2 = r10\nr2 += -8";

/** A run of a text on a machine, before its `call`. */
function beforeCall(text: string, type: MapType = "array") {
  const bpf = new BpfSubsystem(new Linux({ cpus: 2 }));
  const { memory } = bpf.host;
  const spec: MapSpec = { name: "m", type, keySize: 4, valueSize: 8, maxEntries: 64, flags: 0 };
  const map = bpf.createMap(type === "lpm_trie" ? { ...spec, keySize: 8, flags: 1 } : spec);
  const [key, value] = [memory.allocate(8), memory.allocate(16)];
  memory.u32[key >> 2] = 32;
  map.update(key, value, 0);
  const program = interpret(unverified(rawProgram(text, [map.spec])), bpf.environment, [map]);
  const run = program.start(memory.allocate(8), 8);
  while (run.next.kind !== "helper") run.step();
  return { run, memory, contents: () => memory.u8.slice(FIRST_OFFSET, memory.allocatorState().top) };
}

const textOf = (helper: string): string =>
  `${helper === "trace_printk" ? FORMAT : helper === "map_lookup_elem" ? KEY : ""}\ncall ${helper}\nexit`;

describe("a helper that is said to write nothing", () => {
  test.each([...QUIET_HELPERS])("%s: memory is as it was, and going back needs nothing of it", (helper) => {
    const { run, contents } = beforeCall(textOf(helper));
    const before = contents();
    expect(run.isQuietCall).toBe(true);
    const state = run.state();
    run.step();
    expect(contents()).toEqual(before);
    run.back();
    expect(run.state()).toEqual(state);
  });

  test.each(["array", "percpu_array", "hash", "percpu_hash", "lpm_trie"] as const)("a lookup in %s", (type) => {
    const { run, contents } = beforeCall(textOf("map_lookup_elem"), type);
    const before = contents();
    expect(run.isQuietCall).toBe(true);
    run.step();
    expect(run.register(0)).not.toBe(0n);
    expect(contents()).toEqual(before);
  });

  test("a lookup in an LRU map is none: what it moved is put back", () => {
    const { run, contents } = beforeCall(textOf("map_lookup_elem"), "lru_hash");
    const before = contents();
    expect(run.isQuietCall).toBe(false);
    run.step();
    run.back();
    expect(contents()).toEqual(before);
  });
});
