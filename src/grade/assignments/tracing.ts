/** bpftrace programs beside one that is right: on the same machine, which no program changes, both see the same events. */
import { type BpftraceResult, bpftrace } from "../../bpftrace/bpftrace.ts";
import { workloads } from "../../linux/workloads/index.ts";
import { Machine } from "../../machine.ts";
import { Meter } from "../../vm/meter.ts";
import { INSTRUCTIONS, type Inspector } from "../assignment/inspector.ts";

/** Virtual time that a program is run. */
export const FOR = "400ms";

/** A machine with something to do: a web server, a database, somebody at a shell. */
export function busyMachine(seed: number): Machine {
  const machine = new Machine({ cpus: 2, seed, meter: new Meter(INSTRUCTIONS) });
  machine.spawn(workloads.webServer({ rate: 100 }));
  machine.spawn(workloads.database({ clients: 2, rate: 100 }));
  machine.spawn(workloads.shellSession({ pause: 20 }));
  return machine;
}

/** Runs that were made last: the same program on the same machine gives the same, and several tests ask for it. */
const known = new Map<string, BpftraceResult>();
const KEPT = 64;

/** Runs a text; what is wrong with it ends the check. */
async function traced(text: string, seed: number, it: Inspector): Promise<BpftraceResult> {
  const key = `${seed} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  try {
    const result = await bpftrace(busyMachine(seed), text, { for: FOR, banner: false, warnings: false });
    if (known.size >= KEPT) known.clear();
    known.set(key, result);
    return result;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    it.on(error.message.slice(0, 1000));
    return it.stop("bpftrace takes the program", error.message.split("\n")[0]!);
  }
}

/** What a map holds, a line an element. */
function mapText({ maps }: BpftraceResult, name: string): readonly string[] | undefined {
  const found = maps.find((map) => map.name === name.replace(/^@/, ""));
  const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
  return found?.entries
    .map(({ value }, at) => {
      const shown =
        value.kind === "histogram"
          ? value.rows.filter(({ count }) => count > 0n).map(({ label, count }) => `${label}: ${count}`)
          : [
              value.kind === "value" && value.data.kind === "integer"
                ? String(value.data.value)
                : JSON.stringify(value, plain),
            ];
      return `${found.labels[at]}: ${shown.join(", ")}`;
    })
    .sort();
}

/** Compares a map of the answer with the same of a program that is right. */
export async function sameMap(
  answer: unknown,
  right: string,
  { name, seed }: { readonly name: string; readonly seed: number },
  it: Inspector,
  mistakes: readonly (readonly [mistake: string, wrong: string])[] = [],
): Promise<void> {
  const text = it.text(answer);
  const got = mapText(await traced(text, seed, it), name);
  if (got === undefined) return it.stop(`the program has the map @${name}`, "it has not", "name");
  const want = mapText(await traced(right, seed, it), name) ?? [];
  it.on(`a web server, a database and a shell for ${FOR}, seed ${seed}`);
  if (got.join("\n") === want.join("\n")) return void it.that(`@${name} is right`, true);
  for (const [mistake, wrong] of mistakes) {
    const same = mapText(await traced(wrong, seed, it), name)?.join("\n") === got.join("\n");
    if (same) it.mistake ??= mistake;
  }
  it.equal(`@${name}`, different(got, want), different(want, got));
}

/** Compares what the answer prints, line by line, with what a program prints that is right. */
export async function sameLines(
  answer: unknown,
  right: string,
  seed: number,
  it: Inspector,
  mistakes: readonly (readonly [mistake: string, wrong: string])[] = [],
): Promise<void> {
  const lines = ({ text }: BpftraceResult): readonly string[] =>
    text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("@"));
  const got = lines(await traced(it.text(answer), seed, it));
  const want = lines(await traced(right, seed, it));
  it.on(`a web server, a database and a shell for ${FOR}, seed ${seed}`);
  if (got.join("\n") === want.join("\n")) return void it.that("its lines are right", true);
  for (const [mistake, wrong] of mistakes) {
    if (lines(await traced(wrong, seed, it)).join("\n") === got.join("\n")) it.mistake ??= mistake;
  }
  it.equal("its lines", different(got, want), different(want, got));
}

/** The first lines of one text that the other has not, as what a report shows. */
function different(lines: readonly string[], others: readonly string[]): string {
  const rest = lines.filter((line) => !others.includes(line));
  const shown = rest.length === 0 ? lines : rest;
  return `${shown.length === 0 ? "nothing" : shown.slice(0, 3).join(" | ")} (${lines.length} lines)`;
}
