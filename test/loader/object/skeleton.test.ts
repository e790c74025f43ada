import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { workloads } from "../../../src/linux/workloads/index.ts";
import { c } from "../../../src/loader/c.ts";
import { compile } from "../../../src/loader/clang/compile.ts";
import { ObjectError } from "../../../src/loader/object/error.ts";
import { skeletonText } from "../../../src/loader/object/skeleton.ts";
import { Machine } from "../../../src/machine.ts";
import { Globals } from "../../fixtures/objects/globals.skel.ts";
import { PercpuRing } from "../../fixtures/objects/percpu_ring.skel.ts";
import { bytesOf, FOLDER, frame } from "./fixtures.ts";

describe("skeletons", () => {
  it.each(["globals", "percpu_ring"])("%s.skel.ts is what the generator writes; the type checker reads it", (name) => {
    const text = skeletonText(bytesOf(name), `${name}.bpf.o`, "../../../src/index.ts");
    const file = new URL(`${name}.skel.ts`, FOLDER);
    if (process.env.BPFBOOK_UPDATE) writeFileSync(file, text);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("have the types of C", () => {
    using skel = Globals.open(new Machine());
    skel.rodata.wanted_length = 64;
    const { port, mode }: { port: number; mode: string | number } = skel.rodata.config;
    expect([port, mode]).toEqual([80, "LOUD"]);
    skel.load();
    skel.progs.count.run(frame(64));
    const packets: bigint = skel.data.packets;
    expect(packets).toBe(101n);
    expect(() => skel.load()).toThrow(ObjectError);
  });

  it("leave the names that their own text uses alone", async () => {
    const { bytes } = await compile(
      c`
        #include "vmlinux.h"
        #include <bpf/bpf_helpers.h>
        struct record { int pid; };
        struct machine { int cpus; };
        struct named { int self; };
        struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, struct record); __type(value, struct machine); } seen SEC(".maps");
        struct named last;`,
      "6.18",
      { name: "named" },
    );
    const text = skeletonText(bytes, "named.bpf.o", "bpfbook");
    expect(text).toContain("BpfMap<Record2, Machine2>");
    expect(text).toContain("last: Named2;");
    expect(
      [...text.matchAll(/^export (?:interface|class|declare class) (\w+)/gm)].map(([, name]) => name).sort(),
    ).toEqual([...new Set(["Machine2", "Named", "Named2", "NamedTypes", "Record2"])]);
  });

  it("give records and values with their types", async () => {
    const m = new Machine({ seed: 3 });
    const skel = PercpuRing.open(m).load().attach();
    expect(skel.links.on_read?.attached).toBe(true);
    m.spawn(workloads.readFiles());
    let bytes = 0;
    for await (const event of skel.maps.events.follow({ for: "40ms" })) if ("bytes" in event) bytes += event.bytes;
    const [[pid, counts]] = [...skel.maps.reads];
    const sum: bigint = counts.reduce((all, each) => all + each, 0n);
    expect([bytes > 0, typeof pid, sum > 0n]).toEqual([true, "number", true]);
  });
});

const missing = spawnSync("bpftool", ["version"]).error === undefined ? "" : " (skipped: bpftool is missing)";
/** One that libbpf does not open, and one whose structure of operations would be a map, which this machine does not register. */
const OTHERS = new Set(["bad_rodata.bpf.o", "operations.bpf.o"]);
const OBJECTS = readdirSync(FOLDER).filter((name) => name.endsWith(".bpf.o") && !OTHERS.has(name));

/** Structures of functions: older bpftools leave out those with a link, and the links of all. */
const OPERATIONS: ReadonlySet<string> = new Set(["own", "short_window", "like_reno"]);

/** Names of the members of one struct in bpftool's text. */
function members(text: string, pattern: RegExp): string[] {
  const body = pattern.exec(text)?.[1] ?? "";
  return [...body.matchAll(/(\w+)(?:\[\d+\])*;/g)]
    .map(([, name]) => name!)
    .filter((name) => !name.startsWith("__pad") && !OPERATIONS.has(name));
}

describe.skipIf(missing !== "")(`bpftool gen skeleton names the same${missing}`, () => {
  it.each(OBJECTS)("%s", (name) => {
    const path = new URL(name, FOLDER).pathname;
    const theirs = execFileSync("bpftool", ["gen", "skeleton", path], { encoding: "utf8", stdio: "pipe" });
    const ours = skeletonText(new Uint8Array(readFileSync(path)), name);
    const group = (text: string, what: string) =>
      [
        ...(new RegExp(`\\n  readonly ${what}: \\{\\n([\\s\\S]*?)\\n  \\};`).exec(text)?.[1] ?? "").matchAll(
          /^ {4}(?:readonly )?(\w+):/gm,
        ),
      ]
        .map(([, member]) => member!)
        .filter((member) => !OPERATIONS.has(member))
        .sort();
    for (const what of ["maps", "progs", "links"])
      expect(group(ours, what)).toEqual(members(theirs, new RegExp(`struct \\{([^}]*)\\} ${what};`)).sort());
    for (const what of ["rodata", "data", "bss", "kconfig"])
      expect(group(ours, what)).toEqual(members(theirs, new RegExp(`__${what} \\{([^}]*)\\} \\*${what};`)).sort());
  });
});
