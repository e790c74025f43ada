import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { buildBtfExt, textsOfExt } from "../../src/btf/build-ext.ts";
import { BtfError } from "../../src/btf/error.ts";
import { parseBtfExt } from "../../src/btf/ext.ts";
import { renumbered } from "../../src/btf/reduce.ts";
import { sizeOf } from "../../src/btf/size.ts";
import { ElfError } from "../../src/elf/error.ts";
import { readElf } from "../../src/elf/file.ts";
import { linkObjects } from "../../src/elf/linker/link-objects.ts";
import { openObject } from "../../src/elf/open.ts";
import { Machine } from "../../src/machine.ts";
import { bytesOf, frame } from "../loader/object/fixtures.ts";

const without = (tool: string) => (spawnSync(tool, ["--version"]).error === undefined ? "" : `${tool} is missing`);
const missing = without("clang") || without("llvm-strip");
const folder = mkdtempSync(join(tmpdir(), "bpfbook-link-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef unsigned int u32; typedef unsigned long long u64;
struct pair { u32 a; u32 b; };
#define SHARED struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, u32); __type(value, struct pair); }
char LICENSE[] SEC("license") = "GPL";
`;

/** Each uses what the other defines; both have a static function and a static variable of the same name. */
const SOURCES: Readonly<Record<string, string>> = {
  one: `${HEAD}
extern u64 total;
extern const volatile int limit;
extern SHARED shared SEC(".maps");
int add(u64 amount);
u64 first_only = 7;
static u64 hidden = 3;
__weak int pick(int x) { return x + 1; }
static __noinline int helper(int x) { hidden += x; return x * 2; }
SEC("xdp") int one(struct xdp_md *ctx) {
	u32 key = 1;
	struct pair *p = bpf_map_lookup_elem(&shared, &key);
	if (p) p->a++;
	add(helper(limit));
	bpf_printk("one %d", limit);
	total += pick(hidden) + first_only;
	return XDP_PASS;
}`,
  two: `${HEAD}
u64 total;
const volatile int limit = 5;
SHARED shared SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, u32); __type(value, u64); } own SEC(".maps");
u64 second_data = 9;
static u64 hidden = 4;
static __noinline int helper(int x) { hidden += x; return x * 3; }
int pick(int x) { return x + helper(100); }
int add(u64 amount) { total += amount; second_data++; return 0; }
SEC("xdp") int two(struct xdp_md *ctx) {
	u32 key = 1;
	struct pair pair = { 1, 2 };
	bpf_map_update_elem(&shared, &key, &pair, 0);
	bpf_printk("two %d", limit);
	return pick(1) + helper(2);
}
SEC("tp/syscalls/sys_enter_read") int reads(void *ctx) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&own, &k); if (v) *v += 1; return 0; }`,
  // What does not go together with "two".
  strong: `${HEAD} u64 total = 1; SEC("xdp") int three(struct xdp_md *ctx) { return total; }`,
  smaller: `${HEAD}
extern struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 9); __type(key, u32); __type(value, struct pair); } shared SEC(".maps");
SEC("xdp") int four(struct xdp_md *ctx) { u32 k = 0; return bpf_map_lookup_elem(&shared, &k) != 0; }`,
  narrow: `${HEAD} extern u32 total; SEC("xdp") int five(struct xdp_md *ctx) { return total; }`,
  license: `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "MIT"; SEC("xdp") int six(struct xdp_md *ctx) { return 2; }`,
};

const path = (name: string): string => join(folder, `${name}.bpf.o`);
const object = (name: string): Uint8Array => new Uint8Array(readFileSync(path(name)));

beforeAll(() => {
  if (missing !== "") return;
  const host = "-idirafter/usr/include/x86_64-linux-gnu";
  for (const [name, text] of Object.entries(SOURCES)) {
    writeFileSync(join(folder, `${name}.bpf.c`), text);
    const flags = ["-g", "-O2", "-target", "bpf", host, "-c", `${name}.bpf.c`, "-o", path(name)];
    execFileSync("clang", flags, { cwd: folder });
    execFileSync("llvm-strip", ["-g", path(name)]);
  }
});

/** What an object says, with its types by name and size: ids are each linker's own. */
function facts(bytes: Uint8Array) {
  const { btf, programs, subprograms, maps, data, externs, license } = openObject(bytes);
  const typed = (id: number) => {
    const type = btf!.type(id);
    return `${type.kind} ${type.name} ${sizeOf(btf!, id)}`;
  };
  const func = ({ funcInfo, coreRelocations, ...rest }: (typeof programs)[number]) => ({
    ...rest,
    funcInfo: funcInfo.map(({ insn, type }) => ({ insn, type: typed(type) })),
    coreRelocations: coreRelocations.map((each) => ({ ...each, type: typed(each.type) })),
  });
  return {
    license,
    externs: externs.map(({ name, kind }) => ({ name, kind })),
    functions: [...programs, ...subprograms].map(func),
    maps: maps.map((each) => ({ ...each, keyType: typed(each.keyType), valueType: typed(each.valueType) })),
    data: data
      .map((each) => ({ ...each, variables: each.variables.map((own) => ({ ...own, type: typed(own.type) })) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

describe("an object that is written again", () => {
  it.each(["execsnoop", "globals", "map_in_map", "subprograms", "tail_calls", "core_reads", "settings"])(
    "%s says the same when it is linked with nothing",
    (name) => {
      const bytes = bytesOf(name);
      const linked = linkObjects([bytes]);
      expect(facts(linked)).toEqual(facts(bytes));
      expect(linkObjects([linked])).toEqual(linked);
    },
  );

  it(".BTF.ext says the same", () => {
    const elf = readElf(bytesOf("core_reads"));
    const section = (name: string) => elf.sections.find((each) => each.name === name)!.bytes;
    const btf = parseBtf(section(".BTF"));
    const ext = parseBtfExt(section(".BTF.ext"), btf);
    const types = [...btf.types()].map((type) => renumbered(type, (id) => id));
    const again = parseBtf(buildBtf(types, undefined, textsOfExt(ext)));
    expect(parseBtfExt(buildBtfExt(ext, again), again)).toEqual(ext);
  });

  it("what is no list of objects is refused", () => {
    expect(() => linkObjects([])).toThrow(/a list of object files/);
    expect(() => linkObjects([new Uint8Array(64)])).toThrow(ElfError);
  });
});

describe("a damaged object", () => {
  it("links, or is refused with a typed error", () => {
    const objects = ["execsnoop", "globals", "map_in_map", "settings"].map(bytesOf);
    const damage = fc.record({
      object: fc.constantFrom(...objects),
      places: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      first: fc.boolean(),
    });
    fc.assert(
      fc.property(damage, ({ object, places, first }) => {
        const bytes = object.slice();
        // Most of what can be damaged is in the headers, at the end.
        for (const [at, value] of places)
          bytes[at % 3 === 0 ? at % bytes.length : bytes.length - 1 - (at % 2000)] = value;
        const good = objects[1]!;
        try {
          linkObjects(first ? [bytes, good] : [good, bytes]);
        } catch (error) {
          if (!(error instanceof ElfError || error instanceof BtfError)) throw error;
        }
      }),
      { numRuns: process.env.BPFBOOK_NIGHT === undefined ? 100 : 5000 },
    );
  });

  it.each([
    ["alignment", 48, 1 << 20],
    ["size of .bss", 32, 2 ** 40],
  ])("with a wild %s is refused, and takes no memory", (_what, field, value) => {
    const bytes = bytesOf("globals").slice();
    const view = new DataView(bytes.buffer);
    const bss = readElf(bytes).sections.find(({ name }) => name === ".bss")!.index;
    view.setBigUint64(Number(view.getBigUint64(40, true)) + bss * 64 + field, BigInt(value), true);
    expect(() => linkObjects([bytes])).toThrow(ElfError);
  });
});

describe.skipIf(missing !== "")(`linking${missing && ` (skipped: ${missing})`}`, () => {
  it("resolves variables, maps and functions of other objects; the strong definition counts; static names stay apart", () => {
    const m = new Machine();
    const linked = m.open([object("one"), object("two")], { name: "both" }).load();
    expect(Object.keys(linked.maps)).toEqual(["shared", "own", "data", "rodata", "bss"]);
    expect(linked.progs.two!.run(frame()).retval).toBe(1 + 300 + 6);
    expect(linked.maps.shared!.get(1)).toEqual({ a: 1, b: 2 });
    linked.progs.one!.run(frame());
    // one's own helper doubles and adds to its own `hidden`, 3; two's pick adds 3 * 100.
    expect(linked.bss.total).toBe(10n + BigInt(3 + 5 + 300) + 7n);
    expect(linked.data.second_data).toBe(10n);
    expect(linked.maps.shared!.get(1)).toEqual({ a: 2, b: 2 });
  });

  it.each([
    ["strong", /object 2: conflicting non-weak symbol #\d+ \(total\) definition/],
    ["smaller", /global 'shared': map max_entries mismatch/],
    ["narrow", /global 'total': size mismatch 8 and 4/],
    ["license", /non-identical contents of section 'license' are not supported/],
  ])("says why %s does not go together with another object", (name, message) => {
    expect(() => linkObjects([object("two"), object(name)])).toThrow(message);
  });

  it("what nobody defines is an error when it is opened", () => {
    expect(() => new Machine().open([object("one")])).toThrow(/failed to find BTF for extern '\w+'/);
  });
});

const noTool = missing || without("bpftool");

describe.skipIf(noTool !== "")(`before bpftool gen object${noTool && ` (skipped: ${noTool})`}`, () => {
  it.each([
    ["one", "two"],
    ["two", "one"],
  ])("%s, then %s: the same functions, maps, data and types", (first, second) => {
    const theirs = join(folder, `${first}-${second}.o`);
    execFileSync("bpftool", ["gen", "object", theirs, path(first), path(second)]);
    const ours = linkObjects([object(first), object(second)]);
    expect(facts(ours)).toEqual(facts(new Uint8Array(readFileSync(theirs))));
    const oursPath = join(folder, "ours.o");
    writeFileSync(oursPath, ours);
    const types = (file: string) =>
      execFileSync("bpftool", ["btf", "dump", "file", file, "format", "c"], { encoding: "utf8" }).split("\n\n").sort();
    expect(types(oursPath)).toEqual(types(theirs));
  });

  it.each(["strong", "smaller", "narrow", "license"])("bpftool refuses %s, too", (name) => {
    const { status } = spawnSync("bpftool", ["gen", "object", join(folder, "bad.o"), path("two"), path(name)]);
    expect(status).not.toBe(0);
  });
});
