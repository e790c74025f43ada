/** Objects of compilers that are newer than clang 14: `-mcpu=v4`, ENUM64, tags on types, variables in arenas. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openObject } from "../../../src/elf/open.ts";
import { vmlinuxFolder } from "../../../src/loader/clang/cache.ts";
import { Machine } from "../../../src/machine.ts";
import { bytesOf, FOLDER, frame } from "./fixtures.ts";

const modern = (version: number) => bytesOf(`compilers/modern-${version}`);

describe.each([19, 22])("clang %d with -mcpu=v4", (version) => {
  it("divides with signs, extends, swaps, jumps far and may go; its program runs", () => {
    const object = new Machine().open(modern(version)).load();
    expect(object.progs.modern!.run(frame()).verdict).toBe("XDP_PASS");
    expect(object.bss.result).toEqual({
      ...{ quotient: -3, remainder: -1, extended: -300n, divided: -500_000_000_000n },
      ...{ swapped: Number(Buffer.from([0xff, 0xff, 0xff, 0xf9]).readUInt32LE()), wide: 2n ** 32n, steps: 41n },
    });
  });

  it("puts variables into an arena, which both sides see and change", () => {
    const object = new Machine().open(modern(version));
    expect({ ...object.arena }).toMatchObject({ shared_count: 5, first: { value: 7n, next: 0n }, last: 0n });
    object.arena.shared_count = 40;
    const program = object.load().progs.modern!;
    program.run(frame());
    expect({ ...object.arena }).toMatchObject({ shared_count: 42, last: 14n });
    // The process's own address of the node: where the source wants the arena to be.
    const { next } = object.arena.first as { next: bigint };
    expect(next >> 44n).toBe(1n);
    object.arena.shared_count = -1;
    program.run(frame());
    expect(object.arena.shared_count).toBe(1);
  });

  it("refuses an arena that its variables do not fit into, and leaves nothing", () => {
    const m = new Machine();
    const object = m.open(modern(version));
    object.maps.arena!.maxEntries = 0;
    expect(() => object.load()).toThrow();
    expect([m.bpf.programs.size, m.linux.maps.filter((map) => map !== undefined).length]).toEqual([0, 0]);
  });
});

const OTHERS = [15, 16, 17, 18, 19, 20, 21, 22].filter(
  (version) => spawnSync(`clang-${version}`, ["--version"]).status === 0,
);
const none = OTHERS.length > 0 ? "" : " (skipped: there is no clang-15 to clang-22)";
const folder = mkdtempSync(join(tmpdir(), "bpfbook-compilers-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Errors of the C, of which newer compilers make what is right, or wrong in another place. */
const DIFFER = new Set(["bad_rodata.bpf.c"]);
const SOURCES = readdirSync(FOLDER).filter((name) => name.endsWith(".bpf.c") && !DIFFER.has(name));

/** What becomes of an object: its programs, or why it does not load. */
function outcome(bytes: Uint8Array): string {
  try {
    new Machine().open(bytes).load();
    return "loads";
  } catch (error) {
    return (error as Error).name;
  }
}

describe.skipIf(none !== "")(`other compilers on the machine${none}`, () => {
  // By day the newest is enough.
  it.each(process.env.BPFBOOK_NIGHT ? OTHERS : OTHERS.slice(-1))(
    "what clang %d makes of the sources that ship opens, and loads or is refused as the objects that ship",
    (version) => {
      const include = vmlinuxFolder("6.18").folder;
      for (const name of SOURCES) {
        const path = join(folder, `${version}-${name}.o`);
        const host = ["-idirafter", "/usr/include/x86_64-linux-gnu", "-idirafter", "/usr/include"];
        const prelude = name === "xdp_counter.bpf.c" ? ["-Du32=__u32", "-Du64=__u64", "-include", "linux/types.h"] : [];
        const flags = ["-g", "-O2", "-target", "bpf", "-D__TARGET_ARCH_x86", "-I", include, ...host, ...prelude];
        const { status, stderr } = spawnSync(`clang-${version}`, [...flags, "-c", name, "-o", path], {
          cwd: FOLDER,
          encoding: "utf8",
        });
        expect([name, status, status === 0 ? "" : stderr]).toEqual([name, 0, ""]);
        const bytes = new Uint8Array(readFileSync(path));
        const shipped = bytesOf(name.replace(/\.bpf\.c$/, ""));
        expect(
          openObject(bytes)
            .programs.map((each) => each.name)
            .sort(),
        ).toEqual(
          openObject(shipped)
            .programs.map((each) => each.name)
            .sort(),
        );
        expect([name, outcome(bytes)]).toEqual([name, outcome(shipped)]);
      }
    },
  );
});
