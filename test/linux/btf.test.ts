import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
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
});
