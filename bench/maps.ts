/**
 * Prints what a map operation costs: through the face that jitted programs call, through typed use in a notebook, and on
 * Linux through bpf(2) on the same machine (as root); then a hash map of a million elements and its memory.
 *
 *     node bench/maps.ts
 */
import { asm, Machine } from "../src/index.ts";
import { encode } from "../src/isa/encode.ts";
import { u32, u64 } from "../src/maps/codec.ts";
import { MapCommands } from "../src/maps/commands.ts";
import { createMap } from "../src/maps/create.ts";
import { map } from "../src/maps/map.ts";
import type { RingbufMap } from "../src/maps/ringbuf.ts";
import type { MapSpec } from "../src/maps/spec.ts";
import { LinearMemory } from "../src/memory/memory.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, why } from "../test/linux/bpf.ts";

const ENTRIES = 1024;

/** Nanoseconds of one call: the best of many short runs, so that other work on the machine does not count. */
function nanoseconds(run: (index: number) => void, count = 4096, rounds = 60): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let index = 0; index < count; index++) run(index);
    best = Math.min(best, performance.now() - start);
  }
  return (best * 1e6) / count;
}

function print(what: string, ours: number, linux?: number): void {
  const beside =
    linux === undefined ? "" : `   Linux ${linux.toFixed(0).padStart(6)} ns   ratio ${(ours / linux).toFixed(3)}`;
  console.log(`${what.padEnd(44)} ${ours.toFixed(1).padStart(8)} ns${beside}`);
}

/** The low-level face: offsets in memory, as programs use it. */
function lowLevel(spec: MapSpec): { lookup: number; update: number } {
  const memory = new LinearMemory();
  const runtime = createMap(memory, 0, spec);
  const [key, value] = [memory.allocate(spec.keySize), memory.allocate(spec.valueSize)];
  const at = (index: number): number => {
    memory.i32[(key + spec.keySize - 4) >> 2] = index & (ENTRIES - 1);
    if (spec.type === "lpm_trie") memory.i32[key >> 2] = 32;
    return key;
  };
  const update = nanoseconds((index) => runtime.update(at(index), value, 0));
  return { lookup: nanoseconds((index) => runtime.lookup(at(index))), update };
}

for (const [type, keySize] of [
  ["hash", 4],
  ["hash", 8],
  ["hash", 16],
  ["array", 4],
  ["percpu_hash", 4],
  ["percpu_array", 4],
  ["lru_hash", 4],
  ["lpm_trie", 8],
] as const) {
  const flags = type === "lpm_trie" ? 1 : 0;
  const { lookup, update } = lowLevel({ type, name: "m", keySize, valueSize: 8, maxEntries: ENTRIES, flags });
  print(`${type}, key of ${keySize}: lookup from a program`, lookup);
  print(`${type}, key of ${keySize}: update from a program`, update);
}

{
  const memory = new LinearMemory();
  const spec = { type: "ringbuf", name: "r", keySize: 0, valueSize: 0, maxEntries: 1 << 16, flags: 0 } as const;
  const ring = createMap(memory, 0, spec) as RingbufMap;
  const data = memory.allocate(64);
  let since = 0;
  const drained = (): void => {
    if (++since === 512) {
      since = 0;
      ring.consume(() => {});
    }
  };
  print(
    "ringbuf, 16 bytes: output and read",
    nanoseconds(() => {
      ring.output(data, 16, 0);
      drained();
    }),
  );
  print(
    "ringbuf, 16 bytes: reserve, submit and read",
    nanoseconds(() => {
      ring.commit(ring.reserve(16), 0, false);
      drained();
    }),
  );
}

/** The commands of bpf(2), ours and Linux's, on the same map. */
if (available) {
  for (const [type, keySize] of [
    ["hash", 4],
    ["array", 4],
    ["percpu_array", 4],
    ["lru_hash", 4],
    ["lpm_trie", 8],
  ] as const) {
    const spec = { type, name: "c", keySize, valueSize: 8, maxEntries: ENTRIES, flags: type === "lpm_trie" ? 1 : 0 };
    const commands = new MapCommands(createMap(new LinearMemory(), 0, spec, { cpus: 2, maps: [] }));
    const { fd } = mapCreate(spec);
    const { userValueSize } = commands.map;
    const keys = Array.from({ length: ENTRIES }, (_, index) => {
      const bytes = new Uint32Array(keySize / 4).fill(index);
      if (type === "lpm_trie") bytes[0] = 32;
      return new Uint8Array(bytes.buffer);
    });
    const value = new Uint8Array(userValueSize);
    const at = (index: number): Uint8Array => keys[index & (ENTRIES - 1)];
    const ours = nanoseconds((index) => commands.update(at(index), value));
    print(
      `${type}: update by bpf(2)`,
      ours,
      nanoseconds((index) => mapUpdate(fd, at(index), value)),
    );
    const look = nanoseconds((index) => commands.lookup(at(index)));
    print(
      `${type}: lookup by bpf(2)`,
      look,
      nanoseconds((index) => mapLookup(fd, at(index), userValueSize)),
    );
    close(fd);
  }
}

/** Calls that one run of a program makes, so that the run itself does not count. */
const CALLS = 32;

/** The same program on both: nanoseconds of one call, the best of several measurements. */
if (available) {
  const machine = new Machine({ cpus: 1 });
  for (const [type, keySize] of [
    ["hash", 4],
    ["hash", 8],
    ["hash", 16],
    ["array", 4],
    ["lru_hash", 4],
    ["lpm_trie", 8],
  ] as const) {
    const spec = { type, name: "p", keySize, valueSize: 8, maxEntries: ENTRIES, flags: type === "lpm_trie" ? 1 : 0 };
    for (const call of ["lookup", "update"] as const) {
      const one = `r1 = map[p]\nr2 = r10\nr2 += -16\nr3 = r10\nr3 += -24\nr4 = 0\ncall bpf_map_${call}_elem\n`;
      const key = `r1 = 0\n*(u64 *)(r10 - 8) = r1\n*(u64 *)(r10 - 24) = r1\nr1 = 32\n*(u64 *)(r10 - 16) = r1\n`;
      const put = one.replace("lookup", "update");
      const text = `${key}${put}${one.repeat(CALLS)}r0 = 0\nexit`;
      const program = asm({ type: "sched_cls", maps: [spec] })(text);
      const loaded = machine.load(program);
      const context = machine.linux.memory.allocate(4096);
      const rounds = Array.from({ length: 20 }, () => {
        const start = performance.now();
        machine.bpf.repeat(loaded.program, context, 2000);
        return ((performance.now() - start) * 1e6) / 2000 / CALLS;
      });
      const map = mapCreate(spec);
      const prog = progLoad({ type: "sched_cls", insns: encode(program.insns), mapFds: [map.fd] });
      const linux = Array.from(
        { length: 20 },
        () => progTestRun(prog.fd, { data: new Uint8Array(64), repeat: 2000 }).durationNs / CALLS,
      );
      print(`${type}, key of ${keySize}: ${call} in a program`, Math.min(...rounds), Math.min(...linux));
      close(prog.fd);
      close(map.fd);
    }
  }
}

const typed = map.hash({ name: "typed", key: u32, value: u64, maxEntries: ENTRIES });
const setTyped = nanoseconds((index) => typed.set(index & (ENTRIES - 1), 1n));
const getTyped = nanoseconds((index) => typed.get(index & (ENTRIES - 1)));
if (available) {
  const { fd } = mapCreate({ type: "hash", keySize: 4, valueSize: 8, maxEntries: ENTRIES });
  const keys = Array.from({ length: ENTRIES }, (_, index) => new Uint8Array(new Uint32Array([index]).buffer));
  const value = new Uint8Array(8);
  const set = nanoseconds((index) => mapUpdate(fd, keys[index & (ENTRIES - 1)], value));
  const get = nanoseconds((index) => mapLookup(fd, keys[index & (ENTRIES - 1)], 8));
  close(fd);
  print("typed set from a notebook, bpf(2) beside", setTyped, set);
  print("typed get from a notebook, bpf(2) beside", getTyped, get);
} else {
  print(`typed set from a notebook (${why})`, setTyped);
  print("typed get from a notebook", getTyped);
}

const MILLION = 1_000_000;
const memory = new LinearMemory();
const before = memory.allocate(8);
const large = createMap(memory, 0, {
  type: "hash",
  name: "large",
  keySize: 4,
  valueSize: 8,
  maxEntries: MILLION,
  flags: 0,
});
const perEntry = (memory.allocate(8) - before) / MILLION;
const [key, value] = [memory.allocate(4), memory.allocate(8)];
const fill = (index: number): void => {
  memory.i32[key >> 2] = Math.imul(index, 0x9e3779b1);
  large.update(key, value, 0);
};
const look = (index: number): void => {
  memory.i32[key >> 2] = Math.imul(index, 0x9e3779b1);
  large.lookup(key);
};
print("a million elements: adding one", nanoseconds(fill, MILLION, 1));
print("a million elements: looking one up", nanoseconds(look, MILLION, 3));
console.log(`${"a million elements: memory of one".padEnd(44)} ${perEntry.toFixed(1).padStart(8)} bytes`);
