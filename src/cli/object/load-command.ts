import { DurationError, parseDuration } from "../../linux/duration.ts";
import { workloadNamed, workloads } from "../../linux/workloads/index.ts";
import type { BpfMap } from "../../loader/object/bpf-map.ts";
import type { BpfObject } from "../../loader/object/bpf-object.ts";
import { Machine } from "../../machine.ts";
import { valueText } from "../../views/value-text.ts";
import { oneOf, readFlags, releaseFlag, wholeNumber } from "../flags.ts";
import { print } from "../output.ts";
import { UsageError } from "../usage.ts";
import { failureText } from "./failure.ts";
import { readObject } from "./read-object.ts";

const KINDS = {
  attach: "boolean",
  json: "boolean",
  workload: "string",
  for: "string",
  release: "string",
  seed: "string",
  cpus: "string",
  cflag: "list",
} as const;

/** Elements of a map and records of a buffer that are printed. */
const MOST = 20;

/**
 * `bpfbook load FILE.c|FILE.o [--attach] [--workload NAME] [--for 5s]`: compiles if need be, loads, attaches by section
 * name, runs, and prints what the maps hold. With `--json` an object a line.
 */
export async function loadCommand(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, KINDS);
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) throw new UsageError("one file is expected: C or an object file");
  const release = releaseFlag(flags.release) ?? "6.18";
  const workload = oneOf("workload", flags.workload, Object.keys(workloads));
  const cpus = wholeNumber("cpus", flags.cpus, 1, 64) ?? 2;
  const seed = wholeNumber("seed", flags.seed, 0, Number.MAX_SAFE_INTEGER) ?? 1;
  const duration = durationOf(flags.for);
  const out: string[] = [];
  const tell = (json: object, text: string): void => void out.push(flags.json ? JSON.stringify(json, plain) : text);
  try {
    const { bytes, name, warnings } = await readObject(file, release, flags.cflag);
    if (warnings !== "") process.stderr.write(warnings);
    const machine = new Machine({ cpus, seed, release });
    const object = machine.open(bytes, { name }).load();
    tellPrograms(object, flags.attach === true, tell);
    if (workload !== undefined) machine.spawn(workloadNamed(workload));
    if (duration !== undefined) await machine.run(duration);
    for (const map of object.mapList) tellMap(map, tell);
    for (const kind of ["rodata", "data", "bss", "arena"] as const)
      if (Object.keys(object[kind]).length > 0)
        tell({ variables: kind, values: { ...object[kind] } }, variablesText(kind, object[kind]));
    await print(`${out.join("\n")}\n`);
    return 0;
  } catch (error) {
    const failure = failureText(error, file);
    if (failure === undefined) throw error;
    if (flags.json) await print(`${JSON.stringify({ ok: false, error: failure })}\n`);
    else process.stderr.write(`bpfbook load: ${failure}\n`);
    return 1;
  }
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof DurationError) throw new UsageError(`--for ${text}: ${error.message}`);
    throw error;
  }
}

type Tell = (json: object, text: string) => void;

/** JSON knows no bigint and no bytes. */
const plain = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? [...value] : value;

function tellPrograms(object: BpfObject, attaches: boolean, tell: Tell): void {
  if (attaches) object.attach();
  for (const program of object.programList) {
    const { name, section, type } = program;
    const hook = object.links[name]?.hook;
    const slots = program.isLoaded ? program.loaded.spec.insns.length : program.size;
    const state = !program.isLoaded
      ? "not loaded"
      : hook
        ? `attached to ${hook}`
        : attaches
          ? "left alone: its section names no hook"
          : "loaded";
    tell(
      { program: name, section, type, slots, ...(hook ? { hook } : {}) },
      `${name} (${type}, ${section}): ${slots} slots, ${state}`,
    );
  }
}

function tellMap(map: BpfMap, tell: Tell): void {
  const entries = map.type === "ringbuf" ? map.read().map((record) => [record] as const) : [...map];
  const notZero = entries.filter((entry) => map.type === "ringbuf" || !isZero(entry.at(-1)));
  const rows = notZero.slice(0, MOST).map((entry) => `  ${entry.map((each) => valueText(each)).join(": ")}`);
  const rest = notZero.length > MOST ? [`  and ${notZero.length - MOST} more`] : [];
  const dropped = map.type === "ringbuf" && map.dropped > 0 ? `, ${map.dropped} dropped` : "";
  const what =
    map.type === "ringbuf"
      ? `${entries.length} records${dropped}`
      : `${notZero.length} of ${map.maxEntries} elements${notZero.length < entries.length ? " not zero" : ""}`;
  tell(
    { map: map.name, type: map.type, entries },
    [`map ${map.name} (${map.type}): ${what}`, ...rows, ...rest].join("\n"),
  );
}

/** What an array's element is before a program writes it. */
function isZero(value: unknown): boolean {
  if (value === 0 || value === 0n || value === "" || value === false) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every(isZero);
}

const variablesText = (kind: string, values: object): string =>
  [`${kind}:`, ...Object.entries(values).map(([name, value]) => `  ${name} = ${valueText(value)}`)].join("\n");
