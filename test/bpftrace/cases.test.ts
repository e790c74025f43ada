import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BpftraceError, bpftrace, Machine } from "../../src/index.ts";
import { readCases } from "./cases.ts";

const cases = readCases(fileURLToPath(new URL("./cases", import.meta.url)));
const files = [...new Set(cases.map(({ file }) => file))];

/** What a program prints but the banner and the two newlines before the maps. */
async function run(machine: Machine, program: string): Promise<string> {
  try {
    const { text, errors } = await bpftrace(machine, program, { for: "10ms", release: "0.17" });
    return (errors + text.replace(/^Attaching \d+ probes?\.\.\.\n/, "").replace(/\n\n/, "\n")).trim();
  } catch (error) {
    if (error instanceof BpftraceError) return error.message;
    throw error;
  }
}

describe.each(files)("programs of %s", (file) => {
  const machine = new Machine({ cpus: 2, seed: 7 });
  it.each(cases.filter((candidate) => candidate.file === file))("$name", async ({ program, expect: wanted }) => {
    const got = await run(machine, program);
    expect(got.replace(/[ \t]+$/gm, "")).toBe(wanted.replace(/[ \t]+$/gm, ""));
  });
});
