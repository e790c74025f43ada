import { describe, expect, test } from "vitest";
import { asm, Machine, packet } from "../../src/index.ts";
import { prepareRun } from "../../src/linux/bpf/prepared-run.ts";
import type { MapSpec, MapType } from "../../src/maps/spec.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";

const TYPES = ["array", "percpu_array", "hash", "percpu_hash", "lru_hash", "lru_percpu_hash", "lpm_trie"] as const;

/** Updates elements 1, 1 and 2, and deletes 1 and 3. */
const text = (name: string): string => {
  const call = (key: number, helper: string): string => `
    *(u32 *)(r10 - 16) = 32
    *(u32 *)(r10 - 12) = ${key}
    r1 = map[${name}]
    r2 = r10
    r2 += KEY
    r3 = r10
    r3 += -16
    r4 = 0
    call ${helper}`;
  const calls = [1, 1, 2].map((key) => call(key, "map_update_elem"));
  return [...calls, call(1, "map_delete_elem"), call(3, "map_delete_elem"), "r0 = 2\nexit"].join("\n");
};

describe("what a step over an update or deletion keeps to go back", () => {
  test.each(TYPES)("is enough for a map of type %s", (type: MapType) => {
    const trie = type === "lpm_trie";
    const spec: MapSpec = {
      ...{ type, name: "steps", keySize: trie ? 8 : 4, valueSize: 16, maxEntries: 4 },
      flags: trie ? 1 : 0,
    };
    const m = new Machine({ cpus: 2 });
    const loaded = m.load(asm({ type: "xdp", maps: [spec] })(text("steps").replaceAll("KEY", trie ? "-16" : "-12")));
    const { context } = prepareRun(m.bpf, loaded.program, { data: packet.udp() });
    const { runnable, maps } = loaded.program;
    const run = interpret(runnable.xlated, m.bpf.environment, maps).start(context);
    const { memory } = m.bpf.host;
    const all = (): string => Buffer.from(memory.u8.slice(0, memory.allocatorState().top)).toString("latin1");
    let written = 0;
    while (!run.exited) {
      const before = all();
      run.step();
      const after = all();
      if (run.next.kind !== "exit" && run.wrote.length > 0) written++;
      expect(run.back()).toBe(true);
      expect(all()).toBe(before);
      run.step();
      expect(all()).toBe(after);
    }
    expect(written).toBeGreaterThan(3);
  });
});
