import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { XDP_COUNTER } from "../../src/bpftool/shell/syllabus-objects.ts";
import { main } from "../../src/cli/main.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfbook-recipe-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Runs the command; what it printed, and its exit code. */
async function run(...args: string[]): Promise<{ out: string; errors: string; code: number }> {
  let [out, errors] = ["", ""];
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest: unknown[]) => {
    out += String(text);
    const done = rest.findLast((each) => typeof each === "function") as (() => void) | undefined;
    done?.();
    return true;
  });
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  try {
    const code = await main(["bpftool", ...args]);
    return { out, errors, code };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe("bpfbook bpftool", () => {
  test("a recipe keeps the machine: the same commands, the same ids; objects are in it", async () => {
    writeFileSync(at("x.o"), XDP_COUNTER.object());
    const lab = (name: string, ...words: string[]) => run("--machine", at(name), ...words);
    for (const name of ["one.json", "two.json"]) {
      expect((await lab(name, "prog", "load", at("x.o"), "/sys/fs/bpf/x")).code).toBe(0);
      await lab(
        name,
        "map",
        "create",
        "/sys/fs/bpf/m",
        "type",
        "hash",
        "key",
        "4",
        "value",
        "1",
        "entries",
        "4",
        "name",
        "mine",
      );
      await lab(name, "map", "update", "name", "mine", "key", "1", "0", "0", "0", "value", "0x42");
    }
    // The file may go: the recipe has it.
    rmSync(at("x.o"));
    const [one, two] = [await lab("one.json", "-j", "prog", "list"), await lab("two.json", "-j", "prog", "list")];
    expect(one).toEqual(two);
    expect(JSON.parse(one.out)).toMatchObject([{ id: 1, name: "xdp_count", map_ids: [1] }]);
    expect((await lab("one.json", "map", "dump", "name", "mine")).out).toBe(
      "key: 01 00 00 00  value: 42\nFound 1 element\n",
    );
    expect(JSON.parse(readFileSync(at("one.json"), "utf8")).log).toHaveLength(5);
  });

  test.each([
    ["no JSON", "{", "it is no JSON"],
    ["another version", "{}", '"version": 1'],
    ["a seed that is none", '{"version":1,"seed":-1}', "seed:"],
    ["too many CPUs", '{"version":1,"seed":1,"cpus":1e9}', "cpus:"],
    ["an unknown Linux", '{"version":1,"seed":1,"cpus":1,"release":"2.4"}', "release:"],
    [
      "bytes of another name",
      '{"version":1,"seed":1,"cpus":1,"release":"6.18","objects":{"00":"AAAA"},"files":{},"log":[]}',
      "objects:",
    ],
    [
      "a file of no object",
      '{"version":1,"seed":1,"cpus":1,"release":"6.18","objects":{},"files":{"a":"b"},"log":[]}',
      "files:",
    ],
    [
      "a log that goes back",
      '{"version":1,"seed":1,"cpus":1,"release":"6.18","objects":{},"files":{},"log":[{"at":5,"words":[]},{"at":1,"words":[]}]}',
      "log[1]:",
    ],
    [
      "words that are none",
      '{"version":1,"seed":1,"cpus":1,"release":"6.18","objects":{},"files":{},"log":[{"at":5,"words":[1]}]}',
      "log[0]:",
    ],
  ])("a recipe with %s is refused, and stays", async (_, text, why) => {
    writeFileSync(at("bad.json"), text);
    const { code, errors, out } = await run("--machine", at("bad.json"), "prog");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(errors).toContain(why);
    expect(readFileSync(at("bad.json"), "utf8")).toBe(text);
  });

  test("bpftool's own usage and codes; a script for bash", async () => {
    expect(await run("prog", "foo")).toMatchObject({
      code: 255,
      errors: expect.stringContaining("Usage: bpftool prog { show | list } [PROG]"),
    });
    expect(await run("map", "show", "id", "9")).toMatchObject({
      code: 255,
      errors: "Error: get map by id (9): No such file or directory\n",
    });
    expect((await run("completion")).out).toContain("complete -o default -F _bpfbook_bpftool bpfbook bpftool");
    expect((await run("--seed", "x", "prog")).code).toBe(2);
  });
});
