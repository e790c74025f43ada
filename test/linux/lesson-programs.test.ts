/** Lessons say that their programs get the same answer from Linux: every one that stands in their text, and in their objects. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as bpfbook from "../../src/index.ts";
import { type AsmOptions, asm } from "../../src/loader/asm.ts";
import { programSpecs } from "../../src/loader/object/program-specs.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { ROOT } from "../support/programs.ts";
import { available, suiteName } from "./bpf.ts";
import { compare } from "./verifier-compare.ts";

/** Where the development's Linux answers EPERM, whatever the program is. */
const FORBIDDEN = new Set(["tracing", "lsm"]);

/** A million instructions twice, in seconds of both verifiers. */
const LONG = new Set(["until_zero"]);
const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

function expectSame(program: ProgramSpec): void {
  const { linux, ours } = compare(program, 2);
  expect({ ok: ours.ok, error: ours.ok ? undefined : ours.error }, linux.log.slice(-2000)).toEqual({
    ok: linux.ok,
    error: linux.error,
  });
}

const LESSONS = globSync("notebooks/source/*.md", { cwd: ROOT }).sort();
const OBJECTS = globSync("notebooks/lessons/data/**/*.bpf.o", { cwd: ROOT }).sort();

describe.skipIf(!available)(suiteName("programs of the lessons before Linux"), () => {
  test.each(LESSONS)("%s", (file) => {
    for (const program of programsIn(readFileSync(join(ROOT, file), "utf8")))
      if (!FORBIDDEN.has(program.type)) expectSame(program);
  });

  test("most of the programs that lessons write down are found", () => {
    const written = LESSONS.map((file) => programsIn(readFileSync(join(ROOT, file), "utf8")).length);
    expect(written.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(90);
  });

  test.each(OBJECTS)("%s", (file) => {
    for (const { spec } of programSpecs(new Uint8Array(readFileSync(join(ROOT, file))), { name: file }))
      if (!FORBIDDEN.has(spec.type) && (NIGHT || !LONG.has(spec.name))) expectSame(spec);
  });
});

/** The programs that a lesson's cells write down: all that need nothing but the maps which it declares in so many words. */
function programsIn(lesson: string): ProgramSpec[] {
  const code = [...lesson.matchAll(/^```ts.*\n([\s\S]*?)^```/gm)].map(([, cell]) => cell!).join("\n");
  const found: ProgramSpec[] = [];
  const recording =
    (options: AsmOptions) =>
    (...template: Parameters<ReturnType<typeof asm>>) => {
      const program = asm(options)(...template);
      found.push(program);
      return program;
    };
  const scope: Record<string, unknown> = { ...bpfbook, asm: recording };
  const evaluate = (expression: string): unknown => {
    try {
      return new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
    } catch (error) {
      // A parameter of a function around it, or one that the lesson wants to be refused by the assembler.
      if (error instanceof ReferenceError || error instanceof bpfbook.AsmError) return undefined;
      throw error;
    }
  };
  const PIECE = /const (\w+) = (map\.\w+\([\s\S]*?\));$|\basm\(\{[^`]*\}\)`(?:[^`$]|\$\{[^`{}]*\})*`/gm;
  for (const [piece, name, declared] of code.matchAll(PIECE)) {
    if (name) scope[name] = evaluate(declared!);
    else evaluate(piece);
  }
  return found;
}
