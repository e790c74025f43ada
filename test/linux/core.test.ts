import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { type RelocatedField, relocateCore } from "../../src/btf/core/relocate.ts";
import { linkProgram } from "../../src/elf/link.ts";
import { openObject } from "../../src/elf/open.ts";
import { available } from "./bpf.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";
const FIXTURE = fileURLToPath(new URL("../fixtures/elf/core.bpf.o", import.meta.url));
const PINS = `/sys/fs/bpf/bpfbook-core-${process.pid}`;
const bpftool = spawnSync("bpftool", ["version"]).error === undefined;
const runs = available && bpftool && existsSync(VMLINUX) && existsSync("/sys/fs/bpf");
const why = runs ? "" : " (skipped: needs root, bpftool, BTF of the running Linux and a BPF file system)";

/** What libbpf's debug output says that it did, one line an instruction. */
function libbpfSays(): string[] {
  const { stdout, stderr } = spawnSync("bpftool", ["-d", "prog", "loadall", FIXTURE, PINS], { encoding: "utf8" });
  rmSync(PINS, { recursive: true, force: true });
  return `${stdout}${stderr}`.split("\n").flatMap((line) => {
    const match = /prog '(\w+)': relo #\d+: (<.*|matching candidate #\d+ <.*|patched insn.*|substituting insn.*)$/.exec(
      line,
    );
    return match === null ? [] : [`${match[1]}: ${match[2].replace(/^matching candidate #\d+ /, "found ")}`];
  });
}

const SIZES: Readonly<Record<number, number>> = { 16: 1, 8: 2, 0: 4, 24: 8 };

/** The same lines from a report of ours. */
function weSay(program: string, { insn, local, target, poisoned, before, after }: RelocatedField): string[] {
  const lines = [local];
  if (target !== undefined) lines.push(`found ${target}`);
  const [old] = before;
  const [now] = after;
  const wide = (slots: typeof after) => (BigInt(slots[1].imm >>> 0) << 32n) | BigInt(slots[0].imm >>> 0);
  if (poisoned) {
    for (let at = 0; at < after.length; at++) lines.push(`substituting insn #${insn + at} w/ invalid insn`);
  } else if (after.length === 2) lines.push(`patched insn #${insn} (LDIMM64) imm64 ${wide(before)} -> ${wide(after)}`);
  else if ([4, 7].includes(now.code & 7)) lines.push(`patched insn #${insn} (ALU/ALU64) imm ${old.imm} -> ${now.imm}`);
  else {
    lines.push(`patched insn #${insn} (LDX/ST/STX) off ${old.offset} -> ${now.offset}`);
    const [was, is] = [SIZES[old.code & 0x18], SIZES[now.code & 0x18]];
    if (was !== is) lines.push(`patched insn #${insn} (LDX/ST/STX) mem_sz ${was} -> ${is}`);
  }
  return lines.map((line) => `${program}: ${line}`);
}

describe.skipIf(!runs)(`libbpf relocates for the running Linux as we do${why}`, () => {
  it("every kind of question", () => {
    const object = openObject(readFileSync(FIXTURE));
    const target = parseBtf(readFileSync(VMLINUX));
    const ours = object.programs.flatMap(({ name }) => {
      const { insns, coreRelocations } = linkProgram(object, name);
      return relocateCore(insns, coreRelocations, object.btf!, target).report.flatMap((row) => weSay(name, row));
    });
    expect(ours.length).toBeGreaterThan(80);
    expect(ours).toEqual(libbpfSays());
  });
});
