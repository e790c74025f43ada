import { describe, expect, it } from "vitest";
import { AsmError, asm, disassemble, Machine, map, u64, verify } from "../../src/index.ts";
import { ArgumentError } from "../../src/isa/argument.ts";
import { testRun } from "../../src/linux/bpf/test-run.ts";
import { MapError } from "../../src/maps/error.ts";

const pass = asm({ type: "xdp", name: "pass" })`r0 = 2; exit`;
const packet = new Uint8Array(64);
/** Anything may come from a cell whose types were got around. */
const loose = (value: unknown) => value as never;

describe("asm", () => {
  it.each([
    [
      () => asm(loose(undefined)),
      /^options of asm\(options\) must be an object with the program's type, got undefined\. Write asm/,
    ],
    [
      () => asm(loose(["r0 = 0"])),
      /^options of asm\(options\) must be an object with the program's type, got an array of 1/,
    ],
    [() => asm(loose({})), /^type of asm\({ type }\) must be one of raw, .*, got undefined\.$/],
    [() => asm(loose({ type: "xpd" })), /got "xpd"\. Did you mean "xdp"\?$/],
    [() => asm(loose({ type: "bogus" })), /^type of asm\({ type }\) must be one of raw, .*, got "bogus"\.$/],
    [() => asm(loose({ type: "toString" })), /got "toString"/],
    [() => asm(loose({ type: "xdp", name: 5 })), /^name of asm\(options\) must be a string, got 5\.$/],
    [() => asm(loose({ type: "xdp", maps: 5 })), /^maps of asm\(options\) must be a list of maps, got 5\.$/],
    [() => asm({ type: "xdp" })(loose(undefined)), /^text must be assembler text, got undefined\./],
    [
      () => asm({ type: "xdp" })`r0 = ${loose(undefined)}`,
      /^value 1 of the text must be a number, a text or a map, got undefined\.$/,
    ],
    [
      () => asm({ type: "xdp" })`r0 = ${loose(null)}`,
      /^value 1 of the text must be a number, a text or a map, got null\.$/,
    ],
    [() => asm({ type: "xdp" })`r1 = map[${loose({})}]`, /^name of the map must be a string, got undefined\.$/],
  ])("%s", (call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });

  it("takes a text in place of a template", () => {
    const program = asm({ type: "xdp", name: "pass" })("r0 = 2\nexit");
    expect(program.insns).toEqual(pass.insns);
    expect(program.lines?.[1]).toMatchObject({ line: 2, text: "exit" });
    expect(() => asm({ type: "xdp" })("r0 = \nexit")).toThrow(AsmError);
  });
});

describe.each([
  ["verify", (program: unknown) => verify(loose(program))],
  ["load", (program: unknown) => new Machine().load(loose(program))],
] as const)("%s", (_, call) => {
  it.each([
    [undefined, /^program must be a program, got undefined\. asm/],
    ["exit", /^program must be a program, got "exit"\. asm/],
    [{}, /^program\.type must be one of raw, .*, got undefined\.$/],
    [{ ...pass, type: "xpd" }, /^program\.type must be one of .*, got "xpd"\. Did you mean "xdp"\?$/],
    [{ ...pass, insns: undefined }, /^program\.insns must be a list of instructions, got undefined\.$/],
    [
      { ...pass, insns: [{ code: 999 }] },
      /^program\.insns\[0\]\.code must be a whole number from 0 to 255, got 999\.$/,
    ],
    [{ ...pass, maps: undefined }, /^program\.maps must be a list of maps, got undefined\.$/],
    [{ ...pass, license: undefined }, /^program\.license must be a string, got undefined\.$/],
  ])("of %o", (program, message) => {
    expect(() => call(program)).toThrow(ArgumentError);
    expect(() => call(program)).toThrow(message);
  });

  it("of a map that no machine could create", () => {
    const bad = { type: "array", name: "n", keySize: 8, valueSize: 8, maxEntries: 1, flags: 0 };
    expect(() => call({ ...pass, maps: [bad] })).toThrow(MapError);
  });

  it("of a plain object", () => {
    expect(() => call({ ...pass })).not.toThrow();
  });
});

describe("a machine", () => {
  const m = new Machine();
  const loaded = m.load(pass);

  it.each([
    [
      () => m.attach(loaded, loose(undefined)),
      /^hook must be the name of a hook, such as "tracepoint:.*", got undefined\.$/,
    ],
    [
      () => m.attach(loose(undefined), "profile:hz:99"),
      /^program must be a loaded program, got undefined\. m\.load\(program\) gives one\.$/,
    ],
    [() => m.attach(loose(pass), "profile:hz:99"), /^program must be a loaded program, got an object\./],
    [() => m.load(pass, { engine: loose("turbo") }), /^engine must be "jit" or "interp", got "turbo"\.$/],
    [
      () => m.map(loose({})),
      /^declaration must be a map that map\.hash\(\.\.\.\) and the like declared, got an object\.$/,
    ],
    [() => loaded.run(loose(undefined)), /^packet must be bytes \(a Uint8Array\), got undefined\.$/],
    [() => loaded.run(loose("00")), /^packet must be bytes \(a Uint8Array\), got "00"\. .*fromHex/],
    [() => loaded.run(loose([1, 2])), /^packet must be bytes \(a Uint8Array\), got an array of 2\. .*Uint8Array\.from/],
    [() => disassemble(loose(undefined)), /^insns must be a list of instructions, got undefined\.$/],
  ])("%s", (call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });

  it("runs raw programs on bytes only", () => {
    const raw = m.load(asm({ type: "raw" })`r0 = 2; exit`);
    expect(() => raw.run(loose("00"))).toThrow(ArgumentError);
    expect(raw.run(packet).retval).toBe(2);
  });

  it("says of a program without a packet that it takes none", () => {
    const counter = m.load(asm({ type: "tracepoint" })`r0 = 0; exit`);
    expect(() => counter.run(packet)).toThrow(expect.objectContaining({ errno: "ENOTSUPP" }));
    const socket = m.load(asm({ type: "cgroup_sock" })`r0 = 1; exit`);
    expect(() => socket.run({})).toThrow(expect.objectContaining({ errno: "ENOTSUPP" }));
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 32, "5"])("repeats no %o times", (repeat) => {
    const options = { data: packet, repeat: loose(repeat) };
    expect(() => testRun(m.bpf, loaded.program, options)).toThrow(
      /^repeat must be a whole number from 0 to 4294967295, got /,
    );
  });

  it("runs once where it is asked for 0 runs, as Linux does", () => {
    expect(testRun(m.bpf, loaded.program, { data: packet, repeat: 0 }).retval).toBe(2);
  });

  it.each([0, -1, Number.NaN, "5"])("takes no time limit of %o", (timeLimit) => {
    const options = { data: packet, timeLimit: loose(timeLimit) };
    expect(() => testRun(m.bpf, loaded.program, options)).toThrow(ArgumentError);
  });

  it("is as it was after a refused load", () => {
    const counts = map.array({ name: "arg_counts", value: u64, maxEntries: 1 });
    const before = m.linux.maps.length;
    expect(() => m.load({ ...pass, maps: [counts] }, { engine: loose("turbo") })).toThrow(ArgumentError);
    expect(m.linux.maps.length).toBe(before);
  });
});
