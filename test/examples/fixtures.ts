/** What the examples of docstrings speak of without making it themselves, each made for the example that names it. */
import * as bpfbook from "../../src/index.ts";
import { interleave } from "../../src/linux/bpf/interleave.ts";
import { explore } from "../../src/vm/schedule/explore.ts";
import { story } from "../../src/vm/schedule/story.ts";

const { arrayOf, asm, Machine, map, packet, u32, u64 } = bpfbook;

/** Counts down from 4, so that there is a loop. */
const LOOP = "r1 = 4\nagain:\nr1 += -1\nif r1 != 0 goto again\nr0 = 1\nr0 += 1\nr2 = r0\nexit";
const UNCHECKED = "r1 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r1 + 0)\nexit";

/** Names that an example may use, each a function that makes the value. `get` gives another fixture of the same example. */
const MAKERS = {
  m: () => new Machine({ cpus: 2 }),
  linux: (get) => (get("m") as bpfbook.Machine).linux,
  bpf: (get) => (get("m") as bpfbook.Machine).bpf,
  hooks: (get) => (get("m") as bpfbook.Machine).linux.hooks,
  data: () => packet.udp({ dport: 53 }),
  program: () => asm({ type: "xdp", name: "pass" })(LOOP),
  insns: () => asm({ type: "xdp", name: "pass" })(LOOP).insns,
  spec: () => asm({ type: "xdp" })(UNCHECKED),
  xdp: (get) =>
    (get("m") as bpfbook.Machine).load(asm({ type: "xdp", name: "pass" })(`r3 = *(u32 *)(r1 + 4)\nr2 = r3\n${LOOP}`)),
  tc: (get) => (get("m") as bpfbook.Machine).load(asm({ type: "sched_cls" })`r0 = 0; exit`),
  switches: (get) => (get("m") as bpfbook.Machine).load(asm({ type: "tracepoint" })`r0 = *(u32 *)(r1 + 24); exit`),
  count: (get) => get("xdp"),
  countReads: () => asm({ type: "tracepoint" })`r0 = 0; exit`,
  sizes: () => map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 }),
  counts: () => map.hash({ name: "counts", key: u32, value: u64, maxEntries: 4 }),
  counter: () => map.array({ name: "counter", value: u64, maxEntries: 1 }),
  stacks: () => map.stackTrace({ name: "stacks", maxEntries: 16 }),
  hist: () => map.array({ name: "hist", value: arrayOf(u64, 8), maxEntries: 1 }),
  events: (get) => (get("m") as bpfbook.Machine).map(map.ringbuf({ name: "events", size: 4096 })),
  both: (get) => {
    const { program } = get("xdp") as bpfbook.LoadedProgram;
    const data = get("data") as Uint8Array;
    const runs = [
      { program, data },
      { program, data },
    ];
    return interleave((get("m") as bpfbook.Machine).bpf, runs);
  },
  outcome: (get) => explore(get("both") as Parameters<typeof explore>[0]).outcomes[0],
  ...{ explore: () => explore, story: () => story },
  console: () => ({ log() {} }),
} as const satisfies Record<string, (get: (name: string) => unknown) => unknown>;

/** The fixtures that a text names, made for it alone. */
export function fixturesFor(text: string): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  const get = (name: string): unknown => {
    if (!(name in made))
      made[name] = (MAKERS as Record<string, (get: (name: string) => unknown) => unknown>)[name](get);
    return made[name];
  };
  for (const name of Object.keys(MAKERS)) if (new RegExp(`\\b${name}\\b`).test(text)) get(name);
  return made;
}
