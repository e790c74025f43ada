import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import {
  CASE_LENGTH,
  CASE_MAPS,
  CASE_MEMORY,
  CASE_PACKET,
  loadsPacket,
  NUMBERS,
  OPCODE_TABLES,
  type OpcodeCase,
  packetProgram,
  wholeProgram,
  withIds,
} from "../vm/opcode-cases.ts";
import { assembleText } from "../vm/support.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { KERNEL } from "./verifier-compare.ts";

/** What r1 points to in the tables: here the only element of a map. */
const MEMORY: MapSpec = { name: "memory", type: "array", keySize: 4, valueSize: CASE_LENGTH, maxEntries: 1, flags: 0 };
const MAPS = [...CASE_MAPS, MEMORY];
const NAMES = MAPS.map(({ name }) => name);

/** Rows that need BTF at load, which the harness does not pass; Linux refuses callx. */
const NOT_HERE = new Set(["ld_func", "callx"]);

const idOf = (name: string): number => KERNEL?.byName(name, "func")?.id ?? 0;

function key(index: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, index, true);
  return bytes;
}

const numbers = new Uint8Array(new BigUint64Array(NUMBERS).buffer);

/** What the program of a packet load returns. */
function packetLoad(each: OpcodeCase): bigint {
  const loaded = progLoad({ type: "socket_filter", insns: encode(assembleText(packetProgram(each))), mapFds: [] });
  if (!loaded.ok) throw new RangeError(`Linux refuses "${each.text}": ${loaded.errno}`);
  try {
    return BigInt(progTestRun(loaded.fd, { data: CASE_PACKET }).retval >>> 0);
  } finally {
    close(loaded.fd);
  }
}

/** The memory after the case, or Linux's last words where it refuses the program. */
function onLinux(each: OpcodeCase): Uint8Array | string {
  const memory = new Uint8Array(CASE_LENGTH);
  for (const [at, values] of each.before.memory) memory.set(values, CASE_MEMORY + at);
  const fds = MAPS.map((map) => mapCreate(map).fd);
  for (let i = 0; i < 4; i++) mapUpdate(fds[0]!, key(i), numbers.slice(8 * i, 8 * i + 8));
  mapUpdate(fds[1]!, key(0), numbers);
  mapUpdate(fds[CASE_MAPS.length]!, key(0), memory);
  const insns = encode(assembleText(withIds(wholeProgram(each, "r1 = map[memory][0]"), idOf), NAMES));
  const loaded = progLoad({ type: "socket_filter", insns, mapFds: fds, fdArray: fds, logLevel: 1 });
  try {
    if (!loaded.ok) return `${loaded.errno}: ${loaded.log}`;
    progTestRun(loaded.fd, { data: new Uint8Array(64) });
    return mapLookup(fds[CASE_MAPS.length]!, key(0), CASE_LENGTH).value!;
  } finally {
    for (const fd of [...(loaded.ok ? [loaded.fd] : []), ...fds]) close(fd);
  }
}

describe.skipIf(!available)(suiteName("the tables of instructions hold on Linux"), () => {
  test.each([...OPCODE_TABLES])("%s", (_, cases) => {
    for (const each of cases.filter(({ row }) => !NOT_HERE.has(row))) {
      if (loadsPacket(each)) {
        expect([each.text, [[0, packetLoad(each)]]]).toEqual([each.text, each.after.registers]);
        continue;
      }
      const after = onLinux(each);
      // A jump over an instruction that nothing else reaches: Linux loads no such program.
      if (typeof after === "string" && /unreachable insn/.test(after) && /^gotol? \+1/.test(each.code)) continue;
      if (typeof after === "string") throw new RangeError(`Linux refuses "${each.text}": ${after.slice(-400)}`);
      const view = new DataView(after.buffer, after.byteOffset);
      const expected = each.after.registers.map(
        ([r, value]) => `r${r} = ${value === "mem" ? 0 : BigInt.asUintN(64, value)}`,
      );
      const actual = each.after.registers.map(([r]) => `r${r} = ${view.getBigUint64(8 * r, true)}`);
      expect([each.text, ...actual]).toEqual([each.text, ...expected]);
      for (const [at, values] of each.after.memory) {
        const bytes = [...after.slice(CASE_MEMORY + at, CASE_MEMORY + at + values.length)];
        expect([each.text, ...bytes]).toEqual([each.text, ...values]);
      }
    }
  });
});
