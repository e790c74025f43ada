import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { gradeCommand } from "../../src/cli/grade/command.ts";
import { checksum, pythonFloat } from "../../src/grade/nbgrader/checksum.ts";
import type { NbgraderCell } from "../../src/grade/nbgrader/notebook.ts";

const SECRET = "a secret for the tests of courses";
let folder = "";
const grade = async (...words: readonly string[]): Promise<number> => {
  const write = vi.spyOn(process.stdout, "write").mockImplementation((_text, done?: unknown) => {
    if (typeof done === "function") done();
    return true;
  });
  try {
    return await gradeCommand(words);
  } finally {
    write.mockRestore();
  }
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bpfbook-course-"));
  writeFileSync(join(folder, "secret"), `${SECRET}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an nbgrader course", () => {
  const released = (): NbgraderCell[] => {
    const text = readFileSync(join(folder, "course", "release", "a1", "a1.ipynb"), "utf8");
    const { cells } = JSON.parse(text) as { cells: (Omit<NbgraderCell, "source"> & { source: string[] })[] };
    return cells.map((cell) => ({ ...cell, source: cell.source.join("") }));
  };

  test("is written with a secret, and holds neither that nor a solution nor a test", async () => {
    expect(
      await grade("course", "--out", join(folder, "course"), "--secret", join(folder, "secret"), "--assignment", "a1"),
    ).toBe(0);
    const cells = released();
    expect(cells.filter(({ metadata }) => metadata.nbgrader?.grade).map(({ source }) => source)).toEqual([
      "%%grade a1/1",
      "%%grade a1/2",
      "%%grade a1/3",
    ]);
    for (const cell of cells) expect(cell.metadata.nbgrader?.checksum).toBe(checksum(cell));
    expect(new Set(cells.map(({ metadata }) => metadata.nbgrader?.grade_id)).size).toBe(cells.length);
    const files = readdirSync(join(folder, "course"), { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), "utf8")).not.toContain(SECRET);
    expect(JSON.stringify(cells)).not.toContain("SOLUTION");
  });

  test("its kernel's command line, and nothing else, names the extension and the secret's file", async () => {
    expect(await grade("kernel", "--secret", join(folder, "secret"), "--prefix", join(folder, "prefix"))).toBe(0);
    const path = join(folder, "prefix", "share", "jupyter", "kernels", "bpfbook-grading", "kernel.json");
    const { argv, env } = JSON.parse(readFileSync(path, "utf8")) as { argv: string[]; env: Record<string, string> };
    const at = argv.indexOf("--extension");
    expect(existsSync(argv[at + 1]!)).toBe(true);
    expect(argv.slice(at + 2, at + 5)).toEqual(["--", "--secret", expect.stringMatching(/secret$/)]);
    expect(JSON.stringify(env)).not.toContain("secret");
  });

  test("points as Python writes them", () => {
    expect([0, 2, 2.5, 0.33].map(pythonFloat)).toEqual(["0.0", "2.0", "2.5", "0.33"]);
  });
});
