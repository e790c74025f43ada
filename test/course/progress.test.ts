import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Progress } from "../../src/course/progress.ts";
import { progressStore } from "../../src/course/progress-store.ts";
import { DISPLAY } from "../../src/plot/displayable.ts";
import { registerViews } from "../../src/views/index.ts";

registerViews();

describe("progress", () => {
  let folder: string;
  let before: string | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bpfbook-progress-"));
    before = process.env.XDG_DATA_HOME;
    process.env.XDG_DATA_HOME = folder;
  });

  afterEach(() => {
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is kept in a file and found again", () => {
    const first = new Progress(progressStore());
    first.passed("00-2");
    first.passed("00-2");
    expect(JSON.parse(readFileSync(join(folder, "bpfbook", "progress.json"), "utf8"))).toEqual({ passed: ["00-2"] });
    expect(new Progress(progressStore()).has("00-2")).toBe(true);
    expect(first.lessons()[0]).toEqual({ lesson: "00", passed: ["00-2"], open: ["00-1", "00-3"] });
  });

  it("goes to another computer as a text, and what was passed there stays", () => {
    const here = new Progress(progressStore());
    here.passed("00-1");
    const text = here.export();
    process.env.XDG_DATA_HOME = join(folder, "other");
    const there = new Progress(progressStore());
    there.passed("00-3");
    there.import(text);
    expect(there.lessons()[0]!.passed).toEqual(["00-1", "00-3"]);
  });

  it("tells of one lesson in a line, and how to keep it", async () => {
    const one = new Progress(progressStore());
    one.passed("00-2");
    const text = String((await one.lesson("00")[DISPLAY]())["text/plain"]);
    expect(text).toMatch(/^Lesson 00 ■□□ 1 of 3 exercises passed; open: 00-1, 00-3\n/);
    expect(text).toContain("progress.export()");
    expect(one.lesson("inv").open.length).toBe(10);
    expect(() => one.lesson("99")).toThrow(/one of 00, 01/);
  });

  it("takes no text that it did not give, and forgets exercises that are gone", () => {
    const one = new Progress(progressStore());
    for (const text of ["", "{}", "[]", "null", '{"passed":3}']) expect(() => one.import(text)).toThrow(/progress/);
    one.import('{"passed":["99-9","00-1"]}');
    expect(one.export()).toBe('{"passed":["00-1"]}');
  });

  it("works without a folder to write to", () => {
    process.env.XDG_DATA_HOME = "/dev/null/nowhere";
    const one = new Progress(progressStore());
    one.passed("00-1");
    expect(one.has("00-1")).toBe(true);
  });
});
