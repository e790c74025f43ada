import { readFileSync } from "node:fs";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { printHeader } from "../../src/btf/c/print.ts";
import { relocateCore } from "../../src/btf/core/relocate.ts";
import { inflate } from "../../src/btf/data/inflate.ts";
import { machineBtf, RELEASES, sourceOf } from "../../src/btf/data/machine.ts";
import { BtfError } from "../../src/btf/error.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { reduceBtf } from "../../src/btf/reduce.ts";
import { linkProgram } from "../../src/elf/link.ts";
import { openObject } from "../../src/elf/open.ts";
import { int, member, ptr, struct, typedef } from "./types.ts";

describe("types that ship", () => {
  it.each(RELEASES)("of Linux %s: what programs, hooks and tracepoints need", (release) => {
    const btf = machineBtf(release);
    expect(machineBtf(release)).toBe(btf);
    expect(sourceOf(release)).toContain(release);
    for (const name of ["task_struct", "file", "sk_buff", "sock", "xdp_buff", "request", "net_device", "linux_binprm"])
      expect(btf.byName(name, "struct")?.members.length, name).toBeGreaterThan(3);
    for (const name of ["trace_event_raw_sys_enter", "trace_event_raw_sched_switch", "pt_regs", "iphdr"])
      expect(btf.byName(name, "struct"), name).toBeDefined();
    for (const name of ["bpf_lsm_file_open", "bpf_fentry_test1", "tcp_connect", "vfs_read"])
      expect(btf.resolve(btf.byName(name, "func")!.type).kind, name).toBe("func_proto");
    expect(btf.resolve(btf.byName("btf_trace_sched_switch", "typedef")!.type).kind).toBe("ptr");
    const task = btf.byName("task_struct", "struct")!.id;
    expect(pathOf(btf, task, "mm.pgd")).toBeUndefined();
    expect(btf.resolve(pathOf(btf, task, "mm")!.type).kind).toBe("ptr");
    expect(pathOf(btf, btf.byName("mm_struct", "struct")!.id, "arg_start")!.bitOffset).toBeGreaterThan(0);
  });

  it("has the kfuncs of 6.18", () => {
    const btf = machineBtf("6.18");
    for (const name of [
      "bpf_rcu_read_lock",
      "bpf_task_acquire",
      "bpf_iter_num_next",
      "bpf_dynptr_slice",
      "bpf_obj_new_impl",
    ])
      expect(btf.byName(name, "func"), name).toBeDefined();
  });

  it("differs between releases as they do", () => {
    const layout = (path: string) =>
      RELEASES.map((release) => {
        const btf = machineBtf(release);
        return pathOf(btf, btf.byName("task_struct", "struct")!.id, path)?.bitOffset;
      });
    expect(new Set(layout("pid")).size).toBeGreaterThan(1);
    const oldest = machineBtf("6.1");
    expect(oldest.byName("bpf_iter_num_next", "func")).toBeUndefined();
  });

  it("relocates one object for each release", () => {
    const object = openObject(readFileSync(new URL("../fixtures/elf/core.bpf.o", import.meta.url)));
    const program = linkProgram(object, "ask");
    const answers = RELEASES.map((release) => {
      const btf = machineBtf(release);
      const { report } = relocateCore(program.insns, program.coreRelocations, object.btf!, btf);
      expect(report.some(({ poisoned }) => poisoned)).toBe(false);
      const pid = report.find(({ local }) => local.includes("task_struct.pid"))!;
      expect(pid.to).toBe(BigInt(pathOf(btf, btf.byName("task_struct", "struct")!.id, "pid")!.bitOffset / 8));
      return pid.to;
    });
    expect(new Set(answers).size).toBeGreaterThan(1);
  });

  it("prints as a header", () => {
    const header = printHeader(machineBtf("6.18"));
    expect(header).toMatch(/\nstruct task_struct \{\n\tstruct thread_info thread_info;/);
  });
});

describe("a smaller BTF", () => {
  const btf = parseBtf(
    buildBtf([
      int("int", 4),
      struct("far", 4, member("a", 1, 0)),
      ptr(2),
      struct("near", 8, member("far", 3, 0)),
      ptr(4),
      struct("root", 16, member("near", 5, 0), member("again", 5, 8)),
      struct("other", 4, member("a", 1, 0)),
      typedef("other_t", 7),
      { kind: "decl_tag", name: "note", type: 6, component: -1, attribute: false },
    ]),
  );
  const kinds = (pointers: number) =>
    [...parseBtf(reduceBtf(btf, { roots: [6], pointers })).types()].map(({ kind, name }) => `${kind} ${name}`);

  it("keeps what a type contains, its tags, and what is as many pointers away as asked", () => {
    expect(kinds(0)).toEqual(["fwd near", "ptr ", "struct root", "decl_tag note"]);
    expect(kinds(1)).toEqual(["fwd far", "ptr ", "struct near", "ptr ", "struct root", "decl_tag note"]);
    expect(kinds(2)).toEqual(["int int", "struct far", "ptr ", "struct near", "ptr ", "struct root", "decl_tag note"]);
  });
});

describe("unpacking", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc
      .array(fc.constantFrom("struct ", "task", "int", "\0"), { maxLength: 2000 })
      .map((words) => new TextEncoder().encode(words.join(""))),
  );
  const strategy = fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY);

  it("gives back what zlib has packed", () => {
    fc.assert(
      fc.property(bytes, strategy, fc.constantFrom(0, 1, 9), (data, how, level) => {
        expect(inflate(deflateRawSync(data, { strategy: how, level }), data.length)).toEqual(new Uint8Array(data));
      }),
    );
  });

  it("of damaged data: an error, or other bytes of the same number", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(255), fc.nat(), (data, at, value, cut) => {
        const packed = new Uint8Array(deflateRawSync(data));
        packed[at % packed.length] = value;
        try {
          expect(
            inflate(packed.subarray(0, cut % 3 === 0 ? cut % packed.length : packed.length), data.length).length,
          ).toBe(data.length);
        } catch (error) {
          expect(error).toBeInstanceOf(BtfError);
        }
      }),
    );
  });
});
