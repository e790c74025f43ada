import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { dumpBtf } from "../../src/btf/dump.ts";
import { readElf } from "../../src/elf/file.ts";
import { openObject } from "../../src/elf/open.ts";
import { encode, toHex } from "../../src/isa/encode.ts";

const SOURCE = fileURLToPath(new URL("../fixtures/elf/everything.bpf.c", import.meta.url));
const FIXTURE = SOURCE.replace(/c$/, "o");

/** Why a suite that needs these tools cannot run, `""` where it can. */
const missing = (...tools: string[]) =>
  tools
    .filter((tool) => spawnSync(tool, ["--version"]).error !== undefined)
    .map((tool) => ` (skipped: ${tool} is missing)`)
    .join("");

const folder = mkdtempSync(join(tmpdir(), "bpfbook-elf-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What llvm-objdump says of sections with instructions: bytes by address, relocations by address. */
function objdump(path: string) {
  const text = execFileSync("llvm-objdump", ["-d", "-r", path], { encoding: "utf8" });
  const sections = new Map<string, { bytes: string; relocations: string[] }>();
  for (const block of text.split("Disassembly of section ").slice(1)) {
    const lines = block.split("\n");
    const name = lines[0].slice(0, -1);
    const bytes = lines.flatMap(
      (line) => /^\s*\d+:\s+((?:[0-9a-f]{2} ?){8,16})\s/.exec(line)?.[1].replaceAll(" ", "") ?? [],
    );
    const relocations = lines.flatMap((line) => {
      const match = /^\s*([0-9a-f]{16}):\s+(R_BPF_\w+)\s+(\S+)/.exec(line);
      return match === null ? [] : [`${Number.parseInt(match[1], 16)} ${match[2]} ${match[3]}`];
    });
    sections.set(name, { bytes: bytes.join(""), relocations });
  }
  return sections;
}

const noDump = missing("llvm-objdump");
const noClang = missing("clang", "llvm-objdump");

function agreesWithObjdump(path: string): void {
  const bytes = readFileSync(path);
  const { programs, subprograms } = openObject(bytes);
  const file = readElf(bytes);
  const theirs = objdump(path);
  expect(theirs.size).toBeGreaterThan(1);
  for (const [name, { bytes: hex, relocations }] of theirs) {
    const own = [...programs, ...subprograms]
      .filter(({ section }) => section === name)
      .sort((a, b) => a.start - b.start);
    expect(own.map(({ insns }) => toHex(encode(insns))).join("")).toBe(hex);
    const section = file.sections.find((each) => each.name === name)!;
    expect(file.relocations(section).map(({ offset, type, symbol }) => `${offset} ${type} ${symbol.name}`)).toEqual(
      relocations,
    );
  }
}

describe.skipIf(noDump !== "")(`llvm-objdump says the same${noDump}`, () => {
  it("of the object that ships", () => agreesWithObjdump(FIXTURE));
});

describe.skipIf(noClang !== "")(`what the machine's clang writes${noClang}`, () => {
  it.each([
    ["-O2", []],
    ["-O1", ["-O1"]],
    ["mcpu=v1", ["-mcpu=v1"]],
    ["mcpu=v3", ["-mcpu=v3"]],
  ])("%s", (name, flags) => {
    const path = join(folder, `${name}.o`);
    execFileSync("clang", ["-g", "-O2", "-target", "bpf", ...flags, "-c", SOURCE, "-o", path], { stdio: "pipe" });
    agreesWithObjdump(path);
    const { maps, externs, license } = openObject(readFileSync(path));
    const shipped = openObject(readFileSync(FIXTURE));
    expect(license).toBe("GPL");
    expect(maps.map((map) => map.name).sort()).toEqual(shipped.maps.map((map) => map.name).sort());
    expect(externs.map((each) => each.name).sort()).toEqual(shipped.externs.map((each) => each.name).sort());
  });

  it("big-endian is refused", () => {
    const path = join(folder, "big.o");
    execFileSync("clang", ["-g", "-O2", "-target", "bpfeb", "-c", SOURCE, "-o", path], { stdio: "pipe" });
    expect(() => openObject(readFileSync(path))).toThrow(/big-endian/);
  });
});

const noBpftool = missing("bpftool");
describe.skipIf(noBpftool !== "")(`bpftool says the same${noBpftool}`, () => {
  it("of the types of the object that ships", () => {
    const section = readElf(readFileSync(FIXTURE)).sections.find(({ name }) => name === ".BTF")!;
    const theirs = execFileSync("bpftool", ["btf", "dump", "file", FIXTURE, "format", "raw"], { encoding: "utf8" });
    expect(dumpBtf(parseBtf(section.bytes))).toBe(theirs);
  });
});
