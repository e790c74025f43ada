import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
import { printHeader } from "../../src/btf/c/print.ts";
import { dumpBtf } from "../../src/btf/dump.ts";
import { pathAt } from "../../src/btf/member-path.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";
const available = existsSync(VMLINUX);
const title = `BTF of the running Linux${available ? "" : ` (skipped: there is no ${VMLINUX})`}`;

describe.skipIf(!available)(title, () => {
  let btf: Btf;
  beforeAll(() => {
    btf = parseBtf(readFileSync(VMLINUX));
  });

  it("has every type that it has", () => {
    let types = 0;
    for (const type of btf.types()) types += type.id > 0 ? 1 : 0;
    expect(types).toBe(btf.count - 1);
    expect(types).toBeGreaterThan(10_000);
  });

  it("knows the objects that programs read", () => {
    const task = btf.byName("task_struct", "struct")!;
    const comm = task.members.find(({ name }) => name === "comm")!;
    expect(pathAt(btf, task.id, comm.bitOffset / 8 + 3, 1)?.text).toBe("comm[3]");
    expect(btf.resolve(btf.byName("bpf_get_current_task_btf", "func")?.type ?? 0).kind).toBe("func_proto");
  });

  const noBpftool = spawnSync("bpftool", ["version"]).error !== undefined;
  it.skipIf(noBpftool)(`prints as bpftool prints it${noBpftool ? " (skipped: there is no bpftool)" : ""}`, () => {
    const options = { encoding: "utf8", maxBuffer: 2 ** 28 } as const;
    const theirs = execFileSync("bpftool", ["btf", "dump", "file", VMLINUX, "format", "raw"], options).split("\n");
    const ours = dumpBtf(btf).split("\n");
    const different = theirs.findIndex((line, index) => line !== ours[index]);
    expect(ours[different]).toBe(theirs[different]);
    expect(ours.length).toBe(theirs.length);
  });

  it.skipIf(noBpftool)(`is the vmlinux.h of bpftool${noBpftool ? " (skipped: there is no bpftool)" : ""}`, () => {
    const options = { encoding: "utf8", maxBuffer: 2 ** 28 } as const;
    // Older versions of bpftool leave out how wide an enum of one byte is.
    const lines = (text: string) => text.replaceAll(/ __attribute__\(\(mode\(\w+\)\)\)/g, "").split("\n");
    const theirs = lines(execFileSync("bpftool", ["btf", "dump", "file", VMLINUX, "format", "c"], options));
    const ours = lines(printHeader(btf));
    const different = theirs.findIndex((line, index) => line !== ours[index]);
    expect(ours[different]).toBe(theirs[different]);
    expect(ours.length).toBe(theirs.length);
  });

  const noClang = spawnSync("clang", ["--version"]).error !== undefined;
  it.skipIf(noClang)(`becomes C that lays out as Linux does${noClang ? " (skipped: there is no clang)" : ""}`, () => {
    const checks = [...btf.types()].flatMap((type) => {
      if (type.kind !== "struct" || type.name === "" || type.members.length === 0) return [];
      if ([...btf.allByName(type.name)].some(({ id, kind }) => id !== type.id && kind !== "func" && kind !== "typedef"))
        return [];
      // How wide a va_list is, the target of the compiler decides.
      if (type.members.some((member) => btf.type(member.type).name === "va_list")) return [];
      const name = `struct ${type.name}`;
      const last = type.members.findLast((member) => member.name !== "" && member.bitSize === 0);
      const size = `_Static_assert(sizeof(${name}) == ${type.size}, "${name}");`;
      if (last === undefined) return [size];
      const offset = `__builtin_offsetof(${name}, ${last.name}) == ${last.bitOffset / 8}`;
      return [size, `_Static_assert(${offset}, "${name}.${last.name}");`];
    });
    expect(checks.length).toBeGreaterThan(5000);
    const folder = mkdtempSync(join(tmpdir(), "bpfbook-btf-"));
    try {
      writeFileSync(join(folder, "vmlinux.h"), printHeader(btf));
      writeFileSync(join(folder, "check.c"), `#include "vmlinux.h"\n${checks.join("\n")}\n`);
      const args = ["-target", "bpf", "-g", "-O2", "-Wall", "-Wno-missing-declarations", "-ferror-limit=3"];
      const { stderr, status } = spawnSync("clang", [...args, "-c", "check.c", "-o", "check.o"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(stderr.slice(0, 2000)).toBe("");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
