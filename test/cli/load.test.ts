import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { Machine } from "../../src/machine.ts";

const OBJECTS = new URL("../fixtures/objects/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "bpfbook-load-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command here; what it wrote, and its exit code. */
async function bpfbook(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const done = (...args: unknown[]): true => {
    const callback = args.findLast((each) => typeof each === "function") as (() => void) | undefined;
    callback?.();
    return true;
  };
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    out += String(text);
    return done(...rest);
  });
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text, ...rest) => {
    err += String(text);
    return done(...rest);
  });
  try {
    return { code: await main(words), out, err };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe("load", () => {
  test("loads, attaches by section name, runs, prints what came", async () => {
    const words = ["--attach", "--workload", "readFiles", "--for", "100ms", "--seed", "3"];
    const { code, out } = await bpfbook("load", `${OBJECTS}execsnoop.bpf.o`, ...words);
    expect(code).toBe(0);
    const [first, second, third] = out.split("\n");
    expect(first).toBe(
      "trace_execve (tracepoint, tracepoint/syscalls/sys_enter_execve): 43 slots, attached to tracepoint:syscalls:sys_enter_execve",
    );
    expect(second).toMatch(/^map events \(ringbuf\): \d+ records$/);
    expect(third).toMatch(/^ {2}\{ \.pid = \d+, \.ppid = \d+, \.comm = bash, \.filename = \/usr\/bin\/cat \}$/);
    expect((await bpfbook("load", `${OBJECTS}execsnoop.bpf.o`, ...words)).out).toBe(out);
  });

  test("--json: an object a line", async () => {
    const { out } = await bpfbook("load", `${OBJECTS}globals.bpf.o`, "--json", "--release", "6.1");
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines[0]).toMatchObject({ program: "count", section: "xdp", type: "xdp" });
    expect(lines.at(-2)).toMatchObject({ variables: "data", values: { packets: "100", last: "nobody" } });
  });

  test("says why not, with the line of C", async () => {
    const { code, err } = await bpfbook("load", `${OBJECTS}bad_null.bpf.o`);
    expect(code).toBe(1);
    expect(err).toMatch(
      /bad_null\.bpf\.o:18: the verifier refuses 'forget': R0 invalid mem access 'map_value_or_null' \(EACCES\)\n +\*count \+= 1;/,
    );
    writeFileSync(join(folder, "cut.o"), readFileSync(`${OBJECTS}globals.bpf.o`).subarray(0, 300));
    expect(await bpfbook("load", join(folder, "cut.o"))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/at offset \d+/),
    });
  });

  test("wrong words are exit code 2", async () => {
    expect((await bpfbook("load")).code).toBe(2);
    expect((await bpfbook("load", join(folder, "no.o"))).code).toBe(2);
    expect((await bpfbook("load", `${OBJECTS}globals.bpf.o`, "--workload", "mixd")).err).toMatch(/did you mean mixed/);
    expect((await bpfbook("load", `${OBJECTS}globals.bpf.o`, "--for", "soon")).code).toBe(2);
    expect((await bpfbook("load", new URL(import.meta.url).pathname)).code).toBe(2);
  });
});

describe("gen object", () => {
  test("links objects into a file", async () => {
    const out = join(folder, "linked.o");
    const objects = ["execsnoop", "globals"].map((name) => join(folder, `${name}.bpf.o`));
    for (const [index, name] of ["execsnoop", "globals"].entries())
      copyFileSync(join(OBJECTS, `${name}.bpf.o`), objects[index]!);
    expect(await bpfbook("gen", "object", ...objects, "--out", out)).toMatchObject({ code: 0 });
    expect(new Machine().open(readFileSync(out)).programList.map(({ name }) => name)).toEqual([
      "trace_execve",
      "count",
    ]);
    expect((await bpfbook("gen", "object", ...objects)).code).toBe(2);
    writeFileSync(objects[1]!, "no object");
    expect((await bpfbook("gen", "object", ...objects, "--out", out)).code).not.toBe(0);
  });
});

describe("gen skeleton", () => {
  test("writes the module, named by the file", async () => {
    copyFileSync(`${OBJECTS}execsnoop.bpf.o`, join(folder, "my_snoop.bpf.o"));
    const out = join(folder, "snoop.ts");
    expect(await bpfbook("gen", "skeleton", join(folder, "my_snoop.bpf.o"), "--out", out)).toMatchObject({
      code: 0,
      out: "",
    });
    expect(readFileSync(out, "utf8")).toContain("export class MySnoop extends BpfObject<MySnoopTypes>");
    expect((await bpfbook("gen", "skeleton")).code).toBe(2);
    expect((await bpfbook("gen", "header", out)).code).toBe(2);
  });
});
