/** What the lessons say of Linux and no other test holds against it. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Machine } from "../../src/index.ts";
import { decode, encode } from "../../src/isa/encode.ts";
import { SECURITY_HOOKS } from "../../src/linux/security/security.ts";
import { asm } from "../../src/loader/asm.ts";
import { u32, u64 } from "../../src/maps/codec.ts";
import { map } from "../../src/maps/map.ts";
import { available, close, mapCreate, progLoad, progXlated, suiteName } from "./bpf.ts";

/** Slots of an XDP program before and after rewriting, on Linux and on our machine; at most one map, called `it`. */
function slots(text: string, type?: "hash" | "array" | "percpuArray") {
  const shape = { name: "it", value: u64, maxEntries: 4 };
  const declared = type && (type === "hash" ? map.hash({ ...shape, key: u32 }) : map[type](shape));
  const program = asm({ type: "xdp", name: "facts", maps: declared ? [declared] : [] })(text);
  const made = declared && mapCreate({ type: declared.type, keySize: 4, valueSize: 8, maxEntries: 4, name: "it" });
  const { fd, log } = progLoad({
    type: "xdp",
    insns: encode(program.insns),
    mapFds: made ? [made.fd] : [],
    logLevel: 1,
  });
  expect(fd, log).toBeGreaterThanOrEqual(0);
  const linux = decode(progXlated(fd)).length;
  for (const one of made ? [fd, made.fd] : [fd]) close(one);
  const m = new Machine();
  const { id } = m.load(program);
  const ours = Number(/xlated (\d+)B/.exec(String(m.bpftool(`prog show id ${id}`)))![1]) / 8;
  return { before: program.insns.length, linux, ours };
}

const LOOKUP = "*(u32 *)(r10 - 4) = 1\nr1 = map[it]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\nr0 = 2\nexit";

describe.skipIf(!available)(suiteName("lesson 08: what Linux writes into a program"), () => {
  test.each([
    ["a lookup in an array", LOOKUP, "array", 6],
    ["a lookup in a hash", LOOKUP, "hash", 2],
    ["a lookup in a per-CPU array", LOOKUP, "percpuArray", 8],
    ["the time", "call bpf_ktime_get_ns\nexit", undefined, 0],
  ] as const)("%s", (_, text, type, more) => {
    const { before, linux, ours } = slots(text, type);
    expect([linux - before, ours - before]).toEqual([more, more]);
  });

  test("the number of the CPU, which our machine leaves a call", () => {
    const { before, linux, ours } = slots("call bpf_get_smp_processor_id\nexit");
    expect([linux - before, ours - before]).toEqual([2, 0]);
  });
});

describe.skipIf(!available)(suiteName("lesson 16: hooks of security modules"), () => {
  test("are more than 250, and ours are among them", () => {
    const names: readonly string[] = readFileSync("/proc/kallsyms", "utf8").match(/(?<= bpf_lsm_)\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(250);
    expect(SECURITY_HOOKS.filter((hook) => !names.includes(hook))).toEqual([]);
  });
});

describe.skipIf(!available)(suiteName("lesson 19: what there is to probe"), () => {
  const EVENTS = "/sys/kernel/tracing/events";

  test("more than 50,000 functions", () => {
    expect(readFileSync("/proc/kallsyms", "utf8").match(/ [tT] /g)?.length).toBeGreaterThan(50_000);
  });

  test.skipIf(!existsSync(EVENTS))("about 2,000 tracepoints", () => {
    const { length } = globSync("*/*/format", { cwd: EVENTS });
    expect(length).toBeGreaterThan(1_500);
    expect(length).toBeLessThan(3_000);
  });
});
