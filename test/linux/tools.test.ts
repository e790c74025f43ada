/** The objects of the package libbpf-tools before this loader and before libbpf with the running Linux. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { TOOLS } from "../fixtures/tools.ts";
import { available, suiteName } from "./bpf.ts";
import { compareObject, hasBpftool, loadOnLinux } from "./object-compare.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfbook-tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const missing = TOOLS.length === 0 ? "libbpf-tools is missing" : hasBpftool ? "" : "bpftool is missing";

describe.skipIf(!available || missing !== "")(suiteName(`tools before libbpf${missing && ` (${missing})`}`), () => {
  it.each(TOOLS)("$name", ({ name, object }) => {
    const path = join(folder, `${name}.o`);
    writeFileSync(path, object);
    const theirs = loadOnLinux(path);
    // This Linux may forbid trampolines; then only those before the first program that has one can be compared.
    if (theirs.output.includes("BPF program load failed: Operation not permitted")) {
      expect(theirs.output).toMatch(/prog '\w+': failed to load: -1/);
      return;
    }
    compareObject(path, name, theirs);
  });
});
