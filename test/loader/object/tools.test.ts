/** Real objects: those within the tools of the Debian package libbpf-tools, on the machine of the same Linux. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { embeddedObjects } from "../../../src/elf/embedded.ts";
import { workloads } from "../../../src/linux/workloads/index.ts";
import type { BpfObject } from "../../../src/loader/object/bpf-object.ts";
import { ObjectError } from "../../../src/loader/object/error.ts";
import { Machine } from "../../../src/machine.ts";
import { TOOLS } from "../../fixtures/tools.ts";
import { bytesOf } from "./fixtures.ts";

/** What Linux 6.18 has no more, or never had without what the tool sets: libbpf's words. */
const REFUSED: Readonly<Record<string, string>> = {
  bindsnoop:
    "prog 'ipv4_bind_exit': failed to resolve CO-RE relocation <byte_off> [77] struct inet_sock.freebind (0:14 @ offset 792.2)",
  cachestat: "prog 'account_page_dirtied': failed to find kernel BTF type ID of 'account_page_dirtied': -3",
  capable: "map 'stackmap': failed to create: Invalid argument(-22)",
  cpudist: "map 'start': failed to create: Invalid argument(-22)",
  fsdist: "prog 'file_read_fentry': failed to find kernel BTF type ID of 'dummy_file_read': -3",
  fsslower: "prog 'file_read_fentry': failed to find kernel BTF type ID of 'dummy_file_read': -3",
  mdflush: "prog 'md_flush_request': failed to find kernel BTF type ID of 'md_flush_request': -3",
  numamove: "prog 'migrate_misplaced_page': failed to find kernel BTF type ID of 'migrate_misplaced_page': -3",
  offcputime: "map 'stackmap': failed to create: Invalid argument(-22)",
  readahead: "prog 'do_page_cache_ra': failed to find kernel BTF type ID of 'do_page_cache_ra': -3",
  runqlen:
    "prog 'do_sample': failed to resolve CO-RE relocation <byte_off> [336] struct cfs_rq.nr_running (0:1 @ offset 16)",
  wakeuptime: "map 'stackmap': failed to create: Invalid argument(-22)",
};

const stacks = ({ maps }: BpfObject): void => {
  maps.stackmap!.maxEntries = 1024;
  maps.stackmap!.valueSize = 127 * 8;
};
const ext4 = ({ programList }: BpfObject): void => {
  for (const program of programList)
    if (program.type === "kprobe") program.autoload = false;
    else if (program.attachTarget!.endsWith("getattr")) program.attachTarget = "vfs_getattr";
    else {
      const [, what] = /_(\w+)$/.exec(program.attachTarget!.replace("dummy_file", ""))!;
      program.attachTarget =
        { read: "ext4_file_read_iter", write: "ext4_file_write_iter", sync: "ext4_sync_file" }[what!] ??
        `ext4_file_${what}`;
    }
};

/** What the tools set between open and load. */
const SETTINGS: Readonly<Record<string, (object: BpfObject) => void>> = {
  cachestat: ({ progs }) => {
    progs.account_page_dirtied!.autoload = false;
  },
  capable: stacks,
  cpudist: ({ maps }) => {
    maps.start!.maxEntries = 32_768;
    maps.hists!.maxEntries = 32_768;
  },
  fsdist: ext4,
  fsslower: ext4,
  offcputime: stacks,
  wakeuptime: stacks,
};

const load = (name: string, bytes: Uint8Array, set?: (object: BpfObject) => void): string => {
  const m = new Machine({ seed: 3 });
  const object = m.open(bytes, { name });
  try {
    set?.(object);
    object.load();
    return "loaded";
  } catch (error) {
    expect([m.bpf.programs.size, m.linux.maps.filter((map) => map !== undefined).length]).toEqual([0, 0]);
    return error instanceof ObjectError ? error.reason : String(error);
  }
};

describe("objects within files", () => {
  it("are found where they begin and end; what is cut off or of another machine is none", () => {
    const object = bytesOf("execsnoop");
    const around = (bytes: Uint8Array) => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...bytes, 1, 2, 3);
    expect(embeddedObjects(around(object))).toEqual([object]);
    expect(embeddedObjects(around(object.subarray(0, -1)).subarray(0, -3))).toEqual([]);
    const other = object.slice();
    other[18] = 62;
    expect(embeddedObjects(around(other))).toEqual([]);
  });
});

const missing = TOOLS.length > 0 ? "" : " (skipped: libbpf-tools is not installed)";

describe.skipIf(missing !== "")(`tools${missing}`, () => {
  it.each(TOOLS.map(({ name, object }) => [name, object] as const))(
    "%s: opens, lists its programs, loads or says why not",
    (name, bytes) => {
      const { programList } = new Machine().open(bytes, { name });
      for (const { name: program, section, type, size } of programList)
        expect([program, section, type, size > 1]).toEqual([program, section, expect.any(String), true]);
      expect(load(name, bytes)).toBe(REFUSED[name] ?? "loaded");
    },
  );

  const set = TOOLS.filter(({ name }) => Object.hasOwn(SETTINGS, name)).map(
    ({ name, object }) => [name, object] as const,
  );
  it.each(set)("%s loads once it is set as the tool sets it", (name, bytes) => {
    expect(load(name, bytes, SETTINGS[name])).toBe("loaded");
  });

  it("attach, and count what the machine does", async () => {
    const bytes = (name: string) => TOOLS.find((tool) => tool.name === name)!.object;
    const m = new Machine({ seed: 3 });
    const [latency, syscalls, opens] = ["runqlat", "syscount", "opensnoop"].map((name) =>
      m.open(bytes(name), { name }).load().attach(),
    );
    m.spawn(workloads.webServer());
    await m.run("50ms");
    expect([latency!.state, latency!.maps.hists!.size > 0]).toEqual(["attached", true]);
    expect(syscalls!.maps.data!.size).toBeGreaterThan(0);
    expect(Object.keys(opens!.links).length).toBeGreaterThan(1);
  });
});

const noTool =
  spawnSync("llvm-objdump", ["--version"]).error === undefined ? missing : " (skipped: llvm-objdump is missing)";
const folder = mkdtempSync(join(tmpdir(), "bpfbook-tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(noTool !== "")(`tools before llvm-objdump${noTool}`, () => {
  it("have the same functions in the same sections", () => {
    for (const { name, object } of TOOLS) {
      const path = join(folder, `${name}.o`);
      writeFileSync(path, object);
      const table = execFileSync("llvm-objdump", ["-t", path], { encoding: "utf8" });
      const theirs = [...table.matchAll(/ F (\S+)\s+([0-9a-f]+)(?: \.hidden)? (\S+)$/gm)].map(
        ([, section, size, program]) => `${section} ${program} ${Number.parseInt(size!, 16) / 8}`,
      );
      const programs = new Machine().open(object, { name }).programList;
      const ours = programs.map((each) => `${each.section} ${each.name} ${each.size}`);
      expect(theirs.filter((line) => !line.startsWith(".text "))).toEqual(expect.arrayContaining(ours));
      expect(ours.length, name).toBe(theirs.filter((line) => !line.startsWith(".text ")).length);
    }
  });
});
