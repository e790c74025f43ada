/**
 * Prints how long the type checker takes: start to first diagnostics, a check in a notebook of 40 cells and of 1,000,
 * completion, inspection, the transformation of a cell, and the server's memory.
 *
 *     node bench/kernel-language.ts [cells]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createLanguageService } from "../kernel/language/service.ts";
import { transformCell } from "../kernel/runtime/transform.ts";

const CELLS = Number(process.argv[2] ?? 1000);

const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;
const print = (what: string, value: number, unit = "ms"): void => {
  console.log(`${what.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit}`);
};

/** Every cell declares a value and a type and uses the first cell and one of the ten cells before it. */
const cell = (index: number): string => {
  if (index === 0) return "interface Row { id: number; name: string }\nlet total = 0;";
  const source = index % 10 === 1 ? "0" : `v${index - 1}.id`;
  return `const v${index}: Row = { id: ${source} + 1, name: "x" };\ntype T${index} = Pick<Row, "id">;\ntotal += v${index}.id;`;
};

const language = createLanguageService({ cwd: tmpdir() });
print("start to ready (libraries read)", await timed(() => language.ready));
const checks: number[] = [];
for (let index = 0; index < CELLS; index++) {
  const code = cell(index);
  checks.push(
    await timed(async () => {
      const { diagnostics, note } = await language.check({ id: index, code });
      if (diagnostics.length > 0 || note) throw new Error(`cell ${index}: ${note ?? diagnostics[0]!.message}`);
    }),
  );
  language.executed({ id: index, code });
}
print("first check", checks[0]!);
const at40 = median(checks.slice(30, 50));
print("check, around the 40th cell", at40);
const atEnd = median(checks.slice(-20));
print(`check, around the ${CELLS}th cell`, atEnd);
print("  ratio to the 40th", atEnd / at40, "x");

const repeat = async (run: () => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  for (let index = 0; index < 20; index++) times.push(await timed(run));
  return median(times);
};
print("check of the same cell again", await repeat(() => language.check({ id: "again", code: "v1.id.toFixed()" })));
print("completion of a member", await repeat(() => language.complete("v1.na", 5)));
print("inspection", await repeat(() => language.inspect("v1.name", 6)));

const pid = execFileSync("pgrep", ["-P", String(process.pid), "-f", "--", "--lsp"], { encoding: "utf8" }).trim();
const memory = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
print("memory of the server (PSS)", Number(/^Pss: +(\d+)/m.exec(memory)![1]) / 1024, "MB");
await language.dispose();

print("transformation, stripped, first", await timed(() => transformCell(cell(1))));
print("transformation, stripped", await repeat(() => transformCell(cell(2))));
print("transformation, compiled, first", await timed(() => transformCell("enum A { b }")));
print("transformation, compiled", await repeat(() => transformCell("enum A { c }")));
