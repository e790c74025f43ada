import { readFileSync } from "node:fs";
import type { Engine } from "../../linux/bpf/program.ts";
import { CaseError, type ConformanceCase, parseCase } from "./case.ts";
import { executeConformance } from "./execute.ts";

/** What came of one case on one engine: one line of JSON. */
export interface CaseReport {
  readonly file: string;
  readonly engine: Engine;
  readonly ok: boolean;
  /** r0 in hexadecimal. */
  readonly result?: string;
  readonly expected?: string;
  /** Why it did not run, or how the run went wrong; also where that is what the case expects. */
  readonly error?: string;
  readonly expectedError?: string;
  /** The format has it, this reader has not: neither passed nor failed. */
  readonly skipped?: true;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Runs one file of bpf_conformance's format on one engine; never throws for what is in it. */
export function reportCase(file: string, engine: Engine): CaseReport {
  let read: ConformanceCase;
  try {
    read = parseCase(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof CaseError) {
      return { ...{ file, engine, ok: false, error: error.message }, ...(error.skip ? { skipped: true } : {}) };
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    return { file, engine, ok: false, error: `cannot read it: ${code}` };
  }
  return { file, engine, ...compare(read, executeConformance(read, engine)) };
}

type Comparison = Omit<CaseReport, "file" | "engine">;

/** An expected error is an error, whatever its words: those of one machine are not those of another. */
function compare({ result, error }: ConformanceCase, outcome: ReturnType<typeof executeConformance>): Comparison {
  const expected = {
    ...(result === undefined ? {} : { expected: hex(result) }),
    ...(error === undefined ? {} : { expectedError: error }),
  };
  if ("error" in outcome) return { ok: error !== undefined, error: outcome.error, ...expected };
  return { ok: result === outcome.result, result: hex(outcome.result), ...expected };
}

/** One line for people. */
export function reportLine({ file, engine, ok, result, expected, error, expectedError, skipped }: CaseReport): string {
  if (skipped) return `skip ${engine.padEnd(6)} ${file}: ${error}`;
  if (ok) return `ok   ${engine.padEnd(6)} ${file}`;
  const wanted = expected ?? `the error "${expectedError}"`;
  const why = error === undefined ? `r0 = ${result}, expected ${wanted}` : error;
  return `FAIL ${engine.padEnd(6)} ${file}: ${why}`;
}

/** Runs files on engines and prints a line each; true if none failed. */
export function reportCases(files: readonly string[], engines: readonly Engine[], json: boolean): boolean {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of files) {
    for (const engine of engines) {
      const report = reportCase(file, engine);
      if (report.skipped) skipped++;
      else if (report.ok) passed++;
      else failed++;
      process.stdout.write(`${json ? JSON.stringify(report) : reportLine(report)}\n`);
    }
  }
  if (!json) {
    const rest = skipped === 0 ? "" : `, ${skipped} skipped`;
    process.stdout.write(`${passed} of ${passed + failed} passed${rest}\n`);
  }
  return failed === 0;
}
