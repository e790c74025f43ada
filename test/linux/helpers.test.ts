import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Callbacks } from "../../src/helpers/callbacks.ts";
import type { Host } from "../../src/helpers/host.ts";
import type { ArgType, HelperRow } from "../../src/helpers/row.ts";
import { HELPERS, helperById } from "../../src/helpers/table.ts";
import { DIRECT_MAP_HIGH, LinearMemory } from "../../src/memory/memory.ts";
import { PROGRAMS } from "../../src/programs/table.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { BareMap } from "../maps/bare-map.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { LACKING } from "./build-options.ts";
import { add, call, EXIT, load, move, program, set, slot, store, wide } from "./slots.ts";

const SPECIAL: ReadonlySet<ProgramType> = new Set<ProgramType>(["raw", "syscall", "ext"]);

/** A program type that may call the helper and that loads as it is. */
const callerOf = ({ name }: HelperRow): ProgramType =>
  (Object.keys(PROGRAMS) as ProgramType[]).find(
    (type) => !SPECIAL.has(type) && PROGRAMS[type].defaultAttach === undefined && PROGRAMS[type].helpers.has(name),
  )!;

/** Argument types that the probes below can provide; test/linux/prototypes.test.ts holds all helpers against Linux. */
const SIMPLE: ReadonlySet<ArgType> = new Set<ArgType>([
  "const_map_ptr",
  "ptr_to_map_key",
  "ptr_to_map_value",
  "ptr_to_mem",
  "ptr_to_mem_rdonly",
  "ptr_to_uninit_mem",
  "const_size",
  "const_size_or_zero",
  "ptr_to_ctx",
  "anything",
]);
const isSimple = (row: HelperRow): boolean =>
  callerOf(row) !== undefined && !LACKING.has(row.name) && !row.mightSleep && row.args.every((arg) => SIMPLE.has(arg));
const SIMPLE_HELPERS = HELPERS.filter(isSimple);

/** A value that an argument accepts; r6 is the context, the stack is set up below. Map 0 is a hash of u32 to u64. */
function valid(arg: ArgType, register: number): readonly Uint8Array[] {
  switch (arg) {
    case "const_map_ptr":
      return wide(register, 0, 1);
    case "ptr_to_map_key":
    case "ptr_to_map_value":
    case "ptr_to_mem":
    case "ptr_to_mem_rdonly":
    case "ptr_to_uninit_mem":
      return [move(register, 10), add(register, -8)];
    case "const_size":
    case "const_size_or_zero":
      return [set(register, 8)];
    case "ptr_to_ctx":
      return [move(register, 6)];
    default:
      return [set(register, 0)];
  }
}

/** A value that an argument refuses, and how Linux says so; nothing for those that take everything. */
function invalid(arg: ArgType, register: number): [readonly Uint8Array[], RegExp] | undefined {
  const mem = /type=scalar expected=fp, pkt, pkt_meta, map_key, map_value/;
  switch (arg) {
    case "const_map_ptr":
      return [[set(register, 5)], /type=scalar expected=map_ptr/];
    case "ptr_to_map_key":
    case "ptr_to_map_value":
    case "ptr_to_mem":
    case "ptr_to_mem_rdonly":
      return [[set(register, 5)], mem];
    case "ptr_to_uninit_mem":
      // Map 1 is one that programs must not write.
      return [wide(register, 1, 2), /write into map forbidden/];
    case "const_size":
      return [[set(register, 0)], /invalid zero-sized/];
    case "const_size_or_zero":
      return [[move(register, 10)], /type=fp expected=scalar/];
    case "ptr_to_ctx":
      return [[set(register, 5)], /type=scalar expected=ctx/];
    default:
      return undefined;
  }
}

describe.skipIf(!available)(suiteName("helpers against the running Linux"), () => {
  const hash = available ? mapCreate({ type: "hash", keySize: 4, valueSize: 8, maxEntries: 4 }).fd : -1;
  const BPF_F_RDONLY_PROG = 1 << 7;
  const readOnly = available
    ? mapCreate({ type: "array", keySize: 4, valueSize: 64, maxEntries: 1, flags: BPF_F_RDONLY_PROG }).fd
    : -1;

  /** Loads a call whose arguments are set up as given; Linux's log, empty where it accepts. */
  function verdict(
    row: HelperRow,
    setup: readonly Uint8Array[],
    after: readonly Uint8Array[] = [],
    license = "GPL",
  ): string {
    const prepare = [move(6, 1), store(8, 10, -8, 0), store(8, 10, -16, 0)];
    // r1 holds the context on entry: only what the setup writes may be an argument.
    const clear = setup.length > 0 ? [] : [call(7)];
    const insns = program([...prepare, ...clear, ...setup, call(row.id), ...after, set(0, 0), EXIT]);
    const { ok, fd, log } = progLoad({ type: callerOf(row), insns, mapFds: [hash, readOnly], logLevel: 1, license });
    close(fd);
    return ok ? "" : log;
  }

  test.each(SIMPLE_HELPERS.map((row) => [row.name, row] as const))("prototype of %s", (_, row) => {
    const setups = row.args.map((arg, at) => valid(arg, at + 1));
    for (const [at, arg] of row.args.entries()) {
      // Without this argument Linux misses it, so there are as many arguments as the row says.
      if (at > 0) expect(verdict(row, setups.slice(0, at).flat())).toContain(`R${at + 1} !read_ok`);
      const bad = invalid(arg, at + 1);
      // A size belongs to the memory before it, so both are checked with the size: all other arguments are given.
      const others = setups.map((setup, index) => (bad && index === at ? bad[0] : setup));
      if (bad) expect(`${arg}: ${verdict(row, others.flat())}`).toMatch(bad[1]);
    }
    // With all of them nothing is wrong with any argument; a hash may be the wrong type of map for the helper.
    expect(verdict(row, setups.flat())).not.toMatch(/!read_ok|expected=/);
    const result = verdict(row, setups.flat(), [move(1, 0)]);
    if (result === "" || result.includes("!read_ok"))
      expect(result.includes("R0 !read_ok")).toBe(row.returns === "void");
  });

  test("the same helpers are for GPL programs only", () => {
    const ours = SIMPLE_HELPERS.filter((row) => row.gplOnly).map((row) => row.name);
    const theirs = SIMPLE_HELPERS.filter((row) => /GPL/.test(verdict(row, [], [], "Proprietary"))).map(
      (row) => row.name,
    );
    expect(ours).toEqual(theirs);
  });

  test("packet pointers are forgotten after the same helpers", () => {
    const row = (type: ProgramType): HelperRow[] =>
      SIMPLE_HELPERS.filter(({ name, args }) => PROGRAMS[type].helpers.has(name) && !args.includes("const_map_ptr"));
    for (const type of ["sched_cls", "xdp"] as const) {
      const [data, end] = type === "xdp" ? [0, 4] : [76, 80];
      for (const each of row(type)) {
        const setups = each.args.flatMap((arg, at) => valid(arg, at + 1));
        const insns = program(
          [move(6, 1), store(8, 10, -8, 0), load(4, 7, 1, data), load(4, 8, 1, end), move(2, 7), add(2, 8)],
          [slot(0x2d, 2, 8, setups.length + 2), ...setups, call(each.id), load(1, 0, 7, 0), set(0, 0), EXIT],
        );
        const { fd, log, ok } = progLoad({ type, insns, logLevel: 1 });
        close(fd);
        const forgotten = /R7 invalid mem access 'scalar'/.test(log);
        if (ok || forgotten)
          expect({ name: each.name, forgotten }).toEqual({ name: each.name, forgotten: !!each.changesPacket });
      }
    }
  });

  /** A host with nothing but memory. */
  function bareHost(memory: LinearMemory): { -readonly [Member in keyof Host]: Host[Member] } {
    return {
      memory,
      maps: [],
      callbacks: new Callbacks(),
      ktimeNs: () => 0,
      cpu: () => 0,
      task: () => ({ pid: 0, tgid: 0, uid: 0, gid: 0, comm: "" }),
      random: () => 0,
      trace: () => {},
      stack: () => [],
    };
  }

  test.each([113, 115])("helper %i answers the same for addresses that are no memory", (id) => {
    const memory = new LinearMemory();
    const read = helperById(id)!.implement!(bareHost(memory));
    const to = memory.allocate(8);
    const addresses = [
      0n,
      8n,
      0x7fff_ffff_e000n,
      0x7fff_ffff_f000n,
      0x8000_0000_0000n,
      0xffff_7fff_ffff_ffffn,
      0xffff_8000_0000_0000n,
      0xffff_c87f_ffff_ffffn,
      0xffff_ffff_ff5f_fff0n,
      0xffff_ffff_ff60_0000n,
      0xffff_ffff_ff60_0ff0n,
      0xffff_ffff_ffff_fff0n,
    ];
    for (const address of addresses) {
      for (const size of [0, 8]) {
        const { fd } = progLoad({
          type: "socket_filter",
          insns: program(
            [store(8, 10, -8, 0x55), move(1, 10), add(1, -8), set(2, size)],
            [...wide(3, address), call(id), load(1, 1, 10, -8), slot(0x67, 0, 0, 0, 8), slot(0x4f, 0, 1), EXIT],
          ),
        });
        const { retval } = progTestRun(fd, { data: new Uint8Array(64) });
        close(fd);
        memory.view.setBigUint64(to, 0x55n, true);
        const result = read(to, size, Number(BigInt.asIntN(32, address)), Number(BigInt.asIntN(32, address >> 32n)));
        const answer = `${address.toString(16)} ${size}: ${(retval | 0) >> 8} ${retval & 0xff}`;
        expect(`${address.toString(16)} ${size}: ${result} ${memory.u8[to]}`).toBe(answer);
      }
    }
  });

  test.each([113, 115])("helper %i copies the same from memory", (id) => {
    const memory = new LinearMemory();
    const read = helperById(id)!.implement!(bareHost(memory));
    const [from, to] = [memory.allocate(64), memory.allocate(64)];
    const array = (): number => mapCreate({ type: "array", keySize: 4, valueSize: 64, maxEntries: 1 }).fd;
    const [source, target] = [array(), array()];
    const key = new Uint8Array(4);
    for (const text of ["", "a", "seven c", "eight ch", "a text of some length that is cut"]) {
      for (const size of [0, 1, 2, 7, 8, 9, 64]) {
        const bytes = new Uint8Array(64).fill(0x21);
        bytes.set(new TextEncoder().encode(`${text}\0`));
        const before = new Uint8Array(64).fill(0xaa);
        mapUpdate(source, key, bytes);
        mapUpdate(target, key, before);
        const insns = program([...wide(1, 0, 2), set(2, size), ...wide(3, 1, 2), call(id), EXIT]);
        const { fd } = progLoad({ type: "socket_filter", insns, mapFds: [target, source] });
        const { retval } = progTestRun(fd, { data: new Uint8Array(64) });
        close(fd);
        memory.u8.set(bytes, from);
        memory.u8.set(before, to);
        const result = read(to, size, from, DIRECT_MAP_HIGH);
        const copied = mapLookup(target, key, 64).value;
        expect([text, size, result, memory.u8.slice(to, to + 64)]).toEqual([text, size, retval | 0, copied]);
      }
    }
    close(source);
    close(target);
  });

  test("values held across updates and deletions read the same", () => {
    // A program that holds the address of key 0's value, changes the map, and reads through the address.
    const change = fc.record({
      helper: fc.constantFrom("update", "delete" as const),
      key: fc.nat(2),
      value: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        const fd = mapCreate({ type: "hash", keySize: 4, valueSize: 8, maxEntries: 2 }).fd;
        const update = (key: number, value: number): readonly Uint8Array[] => [
          store(4, 10, -4, key),
          store(8, 10, -16, value),
          ...wide(1, 0, 1),
          ...[move(2, 10), add(2, -4), move(3, 10), add(3, -16), set(4, 0), call(2)],
        ];
        const remove = (key: number): readonly Uint8Array[] => [
          ...[store(4, 10, -4, key), ...wide(1, 0, 1), move(2, 10), add(2, -4), call(3)],
        ];
        const insns = program(
          update(0, 7),
          [store(4, 10, -4, 0), ...wide(1, 0, 1), move(2, 10), add(2, -4), call(1)],
          [slot(0x55, 0, 0, 1, 0), EXIT, move(6, 0)],
          changes.flatMap(({ helper, key, value }) => (helper === "update" ? update(key, value) : remove(key))),
          [load(8, 0, 6, 0), EXIT],
        );
        const { fd: loaded } = progLoad({ type: "socket_filter", insns, mapFds: [fd] });
        const { retval } = progTestRun(loaded, { data: new Uint8Array(64) });
        close(loaded);
        close(fd);

        const ours = new BareMap({ type: "hash", name: "h", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 });
        const bytes = (...words: number[]): Uint8Array => new Uint8Array(new Uint32Array(words).buffer);
        ours.update(bytes(0), bytes(7, 0));
        const key = ours.memory.allocate(4);
        const held = ours.runtime.lookup(key);
        for (const { helper, key, value } of changes) {
          if (helper === "update") ours.update(bytes(key), bytes(value, 0));
          else ours.delete(bytes(key));
        }
        expect(ours.memory.u32[held >> 2]).toBe(retval);
      }),
      { numRuns: 150 },
    );
  });

  test("get_current_comm cuts and fills up in the same way", () => {
    const host = bareHost(new LinearMemory());
    // The thread that runs this test is the current task of a test run.
    const comm = readFileSync("/proc/thread-self/comm", "utf8").trimEnd();
    host.task = () => ({ pid: 1, tgid: 1, uid: 0, gid: 0, comm });
    const out = mapCreate({ type: "array", keySize: 4, valueSize: 64, maxEntries: 1 }).fd;
    const key = new Uint8Array(4);
    const at = host.memory.allocate(64);
    for (const size of [1, 2, 4, 15, 16, 17, 40]) {
      const before = new Uint8Array(64).fill(0xaa);
      mapUpdate(out, key, before);
      const insns = program([...wide(1, 0, 2), set(2, size), call(16), EXIT]);
      const { fd } = progLoad({ type: "socket_filter", insns, mapFds: [out] });
      const { retval } = progTestRun(fd, { data: new Uint8Array(64) });
      close(fd);
      host.memory.u8.set(before, at);
      const result = helperById(16)!.implement!(host)(at, size);
      expect([size, result, host.memory.u8.slice(at, at + 64)]).toEqual([
        size,
        retval | 0,
        mapLookup(out, key, 64).value,
      ]);
    }
    close(out);
  });

  test("trace_printk takes the same formats and returns the same length", () => {
    const formats = [
      "",
      "plain\n",
      "100%%",
      "%",
      "%d",
      "%5d|%-5d|%05d",
      "%i %u %x",
      "%X",
      "%+d% d",
      "%ld %lu %lx",
      "%lld %llu %llx",
      "%llld",
      "%c",
      "%3c|",
      "%p",
      "%pK",
      "%px",
      "%py",
      "%pi4",
      "%pI4",
      "%pi6",
      "%pI6",
      "%pI5",
      "%s",
      "%ss",
      "%s,%s",
      "%pks",
      "%pksx",
      "%5s|",
      "%d %d %d",
      "%d %d %d %d",
      "%hd",
      "%f",
      "%o",
      "%.3d",
      "%*d",
      "%10p|",
      "%-20p|",
      "tab\t",
      "bell\x07",
      "\x80",
      "\xa0",
      "%l",
      "%li",
      "%0+5d",
    ];
    const memory = new LinearMemory();
    const print = helperById(6)!.implement!(bareHost(memory));
    const at = memory.allocate(64);
    // The three arguments: a negative number, one above 32 bits, zero (an address where nothing is).
    const values = [-5n, 0x1_2345_6789n, 0n];
    const formatMap = mapCreate({ type: "array", keySize: 4, valueSize: 64, maxEntries: 1 }).fd;
    for (const format of formats) {
      for (const ended of [true, false]) {
        const bytes = Uint8Array.from(format + (ended ? "\0" : ""), (char) => char.charCodeAt(0));
        if (bytes.length === 0) continue;
        const value = new Uint8Array(64);
        value.set(bytes);
        mapUpdate(formatMap, new Uint8Array(4), value);
        const args = values.flatMap((value, index) => wide(3 + index, value));
        const { fd } = progLoad({
          type: "socket_filter",
          insns: program([...wide(1, 0, 2), set(2, bytes.length), ...args, call(6), EXIT]),
          mapFds: [formatMap],
        });
        const { retval } = progTestRun(fd, { data: new Uint8Array(64) });
        close(fd);
        memory.u8.set(value, at);
        const halves = values.flatMap((value) => [
          Number(BigInt.asIntN(32, value)),
          Number(BigInt.asIntN(32, value >> 32n)),
        ]);
        const result = print(at, bytes.length, ...halves);
        expect(`${JSON.stringify(format)} ${ended}: ${result}`).toBe(
          `${JSON.stringify(format)} ${ended}: ${retval | 0}`,
        );
      }
    }
    close(formatMap);
  });

  /** Where Linux's trace pipe can be read; it is mounted on most machines. */
  const tracing = available ? /^\S+ (\S+) tracefs /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1] : undefined;

  test.skipIf(!tracing)("trace_printk prints the same text", () => {
    const formats = [
      "%d %d %d",
      "%i %u %x",
      "%X|%5d|%-5d|",
      "%05d|%+d|% d",
      "%ld %lu %lx",
      "%lld %llu %llx",
      "%c%3c|%-3c|",
      "%px %px",
      "%20px|%-20px|",
      "%s|%4s|%-4s|",
      "%pi4 %pI4",
      "%pI6 %pi6",
      "%08x|%8x|%-8x|",
      "%+5d|%-+5d|% 05d|",
      "%+u|%+x|%0d",
      "%%%d%%",
    ];
    const memory = new LinearMemory();
    const host = bareHost(memory);
    const lines: string[] = [];
    host.trace = (line) => lines.push(line);
    const values = [-65n, 0x1_2345_6748n, 99n];
    const at = memory.allocate(128);
    const formatMap = mapCreate({ type: "array", keySize: 4, valueSize: 64, maxEntries: 1 }).fd;
    for (const [index, format] of formats.entries()) {
      const bytes = new TextEncoder().encode(`book${index}:${format}\0`);
      const value = new Uint8Array(64);
      value.set(bytes);
      mapUpdate(formatMap, new Uint8Array(4), value);
      const args = values.flatMap((each, argument) => wide(3 + argument, each));
      const insns = program([...wide(1, 0, 2), set(2, bytes.length), ...args, call(6), EXIT]);
      const { fd } = progLoad({ type: "socket_filter", insns, mapFds: [formatMap] });
      progTestRun(fd, { data: new Uint8Array(64) });
      close(fd);
      memory.u8.set(value, at);
      const halves = values.flatMap((each) => [
        Number(BigInt.asIntN(32, each)),
        Number(BigInt.asIntN(32, each >> 32n)),
      ]);
      helperById(6)!.implement!(host)(at, bytes.length, ...halves);
      const trace = readFileSync(`${tracing}/trace`, "utf8").split("\n");
      const printed = trace.findLast((line) => line.includes(`bpf_trace_printk: book${index}:`));
      expect(lines.at(-1)).toBe(printed?.replace(/^.*bpf_trace_printk: /, ""));
    }
    close(formatMap);
  });
});
