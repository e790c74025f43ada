import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { linkProgram } from "../../src/elf/link.ts";
import { openObject } from "../../src/elf/open.ts";

const bytes = readFileSync(new URL("../fixtures/elf/everything.bpf.o", import.meta.url));
const object = openObject(bytes);
const btf = object.btf!;
const program = (name: string) => object.programs.find((each) => each.name === name)!;

describe("an object that holds one of everything", () => {
  it("has programs by section and subprograms of .text", () => {
    expect(object.programs.map(({ name, section, linkage }) => [name, section, linkage])).toEqual([
      ["count_all", "xdp", "global"],
      ["trace_execve", "tp/syscalls/sys_enter_execve", "global"],
    ]);
    expect(object.subprograms.map(({ name, linkage }) => [name, linkage]).sort()).toEqual([
      ["each", "static"],
      ["next", "static"],
      ["scale", "global"],
    ]);
    expect(object.license).toBe("GPL");
    expect(object.version).toBe(0x060c00);
  });

  it("has maps with all their attributes", () => {
    const byName = Object.fromEntries(object.maps.map((map) => [map.name, map]));
    expect(byName["events"]).toMatchObject({
      type: 1,
      keySize: 4,
      valueSize: 20,
      maxEntries: 128,
      mapFlags: 1,
      numaNode: 1,
    });
    expect(btf.resolve(byName["events"].valueType).name).toBe("event");
    expect(byName["slot"]).toMatchObject({ type: 2, keySize: 4, valueSize: 8, keyType: 0, pinned: false });
    expect(byName["slots"]).toMatchObject({
      type: 12,
      inner: { type: 2, keySize: 4, valueSize: 8, maxEntries: 1 },
      initial: [{ index: 2, kind: "map", name: "slot" }],
    });
    expect(byName["programs"]).toMatchObject({
      type: 3,
      valueSize: 4,
      inner: undefined,
      initial: [{ index: 1, kind: "program", name: "count_all" }],
    });
    expect(byName["ring"]).toMatchObject({ type: 27, keySize: 0, valueSize: 0, maxEntries: 4096, pinned: true });
  });

  it("has data with the variables in it", () => {
    const variables = Object.fromEntries(
      object.data.flatMap(({ name, variables }) => variables.map((each) => [`${name} ${each.name}`, each])),
    );
    expect(variables[".rodata target"]).toMatchObject({ size: 4, linkage: "global" });
    expect(variables[".bss count"]).toMatchObject({ size: 8 });
    expect(variables[".data hidden"]).toMatchObject({ linkage: "static", size: 8 });
    expect(variables[".data.table table"]).toMatchObject({ offset: 0, size: 3 });
    const data = object.data.find(({ name }) => name === ".data")!;
    const view = new DataView(data.bytes!.buffer, data.bytes!.byteOffset);
    expect(view.getUint32(variables[".data first_value"].offset, true)).toBe(3);
    expect(view.getUint32(variables[".data hidden"].offset, true)).toBe(5);
    expect(object.data.find(({ name }) => name === ".bss")!.bytes).toBeUndefined();
    expect(btf.byName(".data", "datasec")?.size).toBe(data.size);
  });

  it("says what it needs from Linux", () => {
    expect(object.externs.map(({ name, kind, weak, size }) => [name, kind, weak, size]).sort()).toEqual([
      ["CONFIG_MISSING", "kconfig", true, 1],
      ["LINUX_KERNEL_VERSION", "kconfig", false, 4],
      ["bpf_rcu_read_lock", "function", false, 0],
      ["runqueues", "variable", true, 0],
    ]);
  });

  it("says what each instruction refers to", () => {
    const [trace, count] = [program("trace_execve"), program("count_all")];
    const short = trace.relocations.map((each) => {
      if (each.kind === "data") return `${each.section}+${each.offset}`;
      if (each.kind === "map") return each.map;
      return `${each.kind} ${each.kind === "call" || each.kind === "function" ? each.function : each.extern}`;
    });
    for (const wanted of [
      "events",
      "function each",
      "call scale",
      "extern runqueues",
      "extern CONFIG_MISSING",
      ".bss+0",
    ])
      expect(short).toContain(wanted);
    expect(short).toContain(".data.table+0");
    expect(count.relocations).toMatchObject([
      { kind: "extern call", insn: 0, extern: "bpf_rcu_read_lock" },
      { kind: "call", function: "next" },
    ]);
    for (const { insn, kind } of trace.relocations)
      expect(trace.insns[insn].code).toBe(kind === "call" || kind === "extern call" ? 0x85 : 0x18);
  });

  it("has the lines of the source", () => {
    const trace = program("trace_execve");
    expect(trace.lineInfo[0]).toMatchObject({ insn: 0 });
    expect(trace.lineInfo.map(({ text }) => text.trim())).toContain("u32 key = task->pid;");
    expect(trace.lineInfo.every(({ file }) => file.endsWith("everything.bpf.c"))).toBe(true);
    expect(btf.type(trace.funcInfo[0].type)).toMatchObject({ kind: "func", name: "trace_execve" });
  });

  it("asks Linux about its types", () => {
    const asked = program("trace_execve").coreRelocations.map(({ kind, type, access }) => [
      kind,
      btf.type(type).name,
      access,
    ]);
    expect(asked).toContainEqual(["byte_off", "task_struct", "0:0"]);
    expect(asked).toContainEqual(["field_exists", "task_struct", "0:1"]);
    expect(asked).toContainEqual(["lshift_u64", "task_struct", "0:2"]);
    expect(asked).toContainEqual(["type_size", "event", "0"]);
    expect(asked).toContainEqual(["enumval_value", "order", "1"]);
  });

  it("links what a program calls behind it, each function once", () => {
    const linked = linkProgram(object, "trace_execve");
    expect(linked.functions.map(({ name }) => name)).toEqual(["trace_execve", "each", "scale", "next"]);
    expect(linked.insns.length).toBe(
      [program("trace_execve"), ...object.subprograms].reduce((sum, { insns }) => sum + insns.length, 0),
    );
    const starts = new Map(linked.functions.map(({ name, start }) => [start, name]));
    for (const [at, { code, src, imm }] of linked.insns.entries())
      if (code === 0x85 && src === 1) expect(starts.get(at + imm + 1)).toBeDefined();
    expect(linked.funcInfo.map(({ insn }) => insn)).toEqual([...starts.keys()]);
    expect(linkProgram(object, "count_all").functions.map(({ name }) => name)).toEqual(["count_all", "next"]);
    expect(() => linkProgram(object, "next")).toThrow(/there is no program 'next'/);
  });
});
