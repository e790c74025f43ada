/** The tool in C of lesson 18: our skeleton of its object, built with the system's libbpf, runs on the running Linux. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Machine } from "../../src/index.ts";
import { ROOT } from "../support/programs.ts";
import { available } from "./bpf.ts";

const DATA = join(ROOT, "notebooks/lessons/data/c");
const canBuild = existsSync("/usr/include/bpf/libbpf.h") && spawnSync("cc", ["--version"]).error === undefined;
const why = available ? (canBuild ? "" : " (skipped: no C compiler with libbpf's headers)") : " (skipped: no bpf(2))";

/** What `bpftool gen skeleton` prints on a machine of ours. */
async function skeleton(): Promise<string> {
  const m = new Machine();
  m.linux.files.create("/root/bigreads.bpf.o", new Uint8Array(readFileSync(join(DATA, "bigreads.bpf.o"))));
  await m.shell("bpftool gen skeleton bigreads.bpf.o name bigreads_bpf > bigreads.skel.h");
  return m.cat("/root/bigreads.skel.h");
}

test.skipIf(why !== "")(`lesson 18's loader reports large reads, by its constant${why}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "bpfbook-loader-"));
  try {
    cpSync(join(DATA, "bigreads.c"), join(folder, "bigreads.c"));
    writeFileSync(join(folder, "bigreads.skel.h"), await skeleton());
    execFileSync("cc", ["-Wall", "-Werror", "-o", "bigreads", "bigreads.c", "-lbpf"], { cwd: folder });
    const tool = spawn(join(folder, "bigreads"), ["1000000", "8"], { stdio: ["ignore", "pipe", "pipe"] });
    let [printed, complaints] = ["", ""];
    tool.stderr.on("data", (chunk) => {
      complaints += String(chunk);
    });
    tool.stdout.on("data", (chunk) => {
      printed += String(chunk);
    });
    const ended = new Promise<number | null>((done) => tool.on("close", done));
    // Its buffer is empty, or it is loading still: until it ends somebody reads a megabyte now and then, and something less.
    const reader = setInterval(() => {
      for (const size of ["1048576", "4096"])
        spawnSync("dd", ["if=/dev/zero", "of=/dev/null", `bs=${size}`, "count=1"]);
    }, 100);
    expect(await ended, complaints).toBe(0);
    clearInterval(reader);
    const lines = printed.trim().split("\n");
    const [, reported, seen] = /^(\d+) of (\d+) reads$/.exec(lines.at(-1)!)!.map(Number) as [number, number, number];
    expect(reported).toBeGreaterThan(0);
    expect(seen).toBeGreaterThan(reported);
    const sizes = lines.slice(0, -1).map((line) => Number(line.split(" ").at(-1)));
    expect(sizes).toContain(1_048_576);
    expect(sizes.filter((size) => size < 1_000_000)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
