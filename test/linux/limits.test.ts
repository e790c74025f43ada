/** Limits of programs and maps beside the running Linux. */
import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { testRun } from "../../src/linux/bpf/test-run.ts";
import { Linux } from "../../src/linux/linux.ts";
import { createMap } from "../../src/maps/create.ts";
import type { MapError } from "../../src/maps/error.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { verify } from "../../src/verifier/verify.ts";
import { MAY_GOTO_LIMIT } from "../../src/vm/may-goto.ts";
import { available, close, mapCreate, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { lastMessage } from "./verifier-compare.ts";

const END = [
  { code: 0xb7, dst: 0, src: 0, offset: 0, imm: 2 },
  { code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 },
];
const SMALL: MapSpec = { type: "array", name: "m", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };

/** A program that loads the addresses of `count` maps. */
function using(count: number): ProgramSpec {
  const loads = Array.from({ length: count }, (_, imm) => [
    { code: 0x18, dst: 1, src: 1, offset: 0, imm },
    { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
  ]);
  const maps = loads.map(() => SMALL);
  return { type: "xdp", name: "limits", insns: [...loads.flat(), ...END], maps, license: "GPL" };
}

describe.skipIf(!available)(suiteName("limits beside Linux"), () => {
  test.each([0, 64, 65])("a program with %i maps", (count) => {
    const program = using(count);
    const mapFds = program.maps.map((map) => mapCreate(map).fd);
    const linux = progLoad({ type: "xdp", insns: encode(program.insns), mapFds, logLevel: 1 });
    const { ok, errno, error } = verify(program);
    expect({ ok, errno }).toEqual({ ok: linux.ok, errno: linux.errno });
    if (!ok) expect(error).toBe(lastMessage(linux.log));
    for (const fd of [...mapFds, ...(linux.ok ? [linux.fd] : [])]) close(fd);
  });

  test("a program without instructions", () => {
    const linux = progLoad({ type: "xdp", insns: new Uint8Array() });
    expect(linux.ok).toBe(false);
    expect(verify({ ...using(0), insns: [] }).errno).toBe(linux.errno);
  });

  test("an endless loop of may_goto ends: there after 250 ms on x86 or 8,388,608 rounds, here always after the rounds", () => {
    const insns = [
      { code: 0xb7, dst: 0, src: 0, offset: 0, imm: 0 },
      { code: 0x07, dst: 0, src: 0, offset: 0, imm: 1 },
      { code: 0xe5, dst: 0, src: 0, offset: 1, imm: 0 },
      { code: 0x05, dst: 0, src: 0, offset: -3, imm: 0 },
      { code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 },
    ];
    const { fd } = progLoad({ type: "socket_filter", insns: encode(insns) });
    const { ok, retval, durationNs } = progTestRun(fd, { data: new Uint8Array(64) });
    close(fd);
    expect(ok).toBe(true);
    const rounds = MAY_GOTO_LIMIT + 1;
    if (retval >>> 0 !== rounds) expect(durationNs).toBeGreaterThanOrEqual(250e6);
    const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
    const program = bpf.load({ type: "socket_filter", name: "endless", insns, maps: [], license: "GPL" });
    expect(testRun(bpf, program, { data: new Uint8Array(64) }).retval).toBe(rounds);
  });

  test("0 runs are one", () => {
    const { fd } = progLoad({ type: "xdp", insns: encode(END) });
    expect(progTestRun(fd, { data: new Uint8Array(64), repeat: 0 })).toMatchObject({ ok: true, retval: 2 });
    close(fd);
  });

  test.each([
    [{ maxEntries: 0 }],
    [{ keySize: 8 }],
    [{ valueSize: 0 }],
    [{ valueSize: 2 ** 31 }],
    [{ valueSize: 2 ** 31, maxEntries: 0 }],
    [{ valueSize: 2 ** 31, keySize: 8 }],
    [{ type: "hash", keySize: 0 }],
    [{ type: "hash", valueSize: 4 << 20 }],
    [{ type: "stack_trace", valueSize: 12 }],
    [{ type: "stack_trace", valueSize: 8 * 128 }],
  ] as readonly [Partial<MapSpec>][])("a map with %o", (change) => {
    const spec = { ...SMALL, ...change };
    const linux = mapCreate(spec);
    let errno: string | undefined;
    try {
      createMap(new LinearMemory(), 0, spec);
    } catch (error) {
      errno = (error as MapError).errno;
    }
    expect(errno).toBe(linux.errno);
    if (linux.ok) close(linux.fd);
  });
});
