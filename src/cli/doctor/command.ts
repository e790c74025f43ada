import { CHECKS, type Check } from "./checks.ts";

const SIGNS = { good: "ok     ", needed: "MISSING", optional: "missing" } as const;

/**
 * `bpfbook doctor`: a line for each thing that bpfbook needs or can use, with what to do where it is missing.
 *
 * @returns 1 where something is missing without which nothing works
 */
export async function doctorCommand(checks: readonly Check[] = CHECKS): Promise<number> {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const findings = await Promise.all(checks.map(({ look }) => look()));
  for (const [index, { state, found, remedy }] of findings.entries()) {
    const indent = " ".repeat(SIGNS.good.length + width + 4);
    process.stdout.write(`${SIGNS[state]}  ${checks[index]!.name.padEnd(width)}  ${found}\n`);
    if (remedy !== undefined) process.stdout.write(`${indent}${remedy}\n`);
  }
  return findings.some(({ state }) => state === "needed") ? 1 : 0;
}
