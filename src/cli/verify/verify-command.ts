import { machineBtf } from "../../btf/data/machine.ts";
import { toHex } from "../../isa/encode.ts";
import type { Witness } from "../../linux/witness/witness.ts";
import type { ObjectProgram } from "../../loader/object/program-specs.ts";
import { createMap } from "../../maps/create.ts";
import { MapError } from "../../maps/error.ts";
import { LinearMemory } from "../../memory/memory.ts";
import { plural } from "../../plot/format.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../programs/types.ts";
import { explain } from "../../verifier/explain.ts";
import { explorationJson } from "../../verifier/exploration.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { refusalText } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";
import { renderVerdict, type ShownExplanation, type VerdictView, withWitness } from "../../views/verdict.ts";
import { oneOf, readFlags, wholeNumber } from "../flags.ts";
import { readInput } from "../input.ts";
import { print } from "../output.ts";
import { readMap, UnreadableProgramError } from "../run/read-program.ts";
import { UsageError } from "../usage.ts";
import { readPrograms } from "./read-programs.ts";

const KINDS = {
  type: "string",
  program: "string",
  license: "string",
  map: "list",
  "log-level": "string",
  "no-explain": "boolean",
  record: "boolean",
  json: "boolean",
} as const;

/**
 * `bpfbook verify FILE|-`: what Linux's verifier says of each program of a file, and why. Text of the assembler,
 * instructions as bytes or hex, or an object file.
 */
export async function verifyCommand(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, KINDS);
  const [file, ...more] = words;
  if (file === undefined) throw new UsageError("a file with a program is expected, or - for stdin");
  if (more.length > 0) throw new UsageError(`one file is expected, got also '${more[0]}'`);
  const type = oneOf("type", flags.type, Object.keys(PROGRAM_TYPES) as ProgramType[]);
  if (type === "raw") throw new UsageError("--type raw: programs of this type are not verified");
  const logLevel = wholeNumber("log-level", flags["log-level"], 0, 7) ?? 0;
  const maps = (flags.map ?? []).map(readMap);
  if (flags.record && !flags.json) throw new UsageError("--record needs --json: a record is data");
  const bytes = await readInput(file);
  let programs: readonly ObjectProgram[];
  try {
    programs = readPrograms(bytes, { file, type, maps, license: flags.license, program: flags.program });
    requireMaps(programs.map(({ spec }) => spec));
  } catch (error) {
    if (!(error instanceof UnreadableProgramError) && !(error instanceof MapError)) throw error;
    if (flags.json) await print(`${JSON.stringify({ file, ok: false, error: error.message })}\n`);
    else process.stderr.write(`bpfbook verify: ${error.message}\n`);
    return 1;
  }
  let ok = true;
  for (const { spec: program, usesKernel } of programs) {
    const kernel = usesKernel ? { kernel: machineBtf("6.18") } : {};
    const verdict = verify(program, {
      logLevel: logLevel || COUNTS_LEVEL,
      record: flags.record ?? false,
      ...kernel,
    });
    const explanation = verdict.ok || flags["no-explain"] ? undefined : explain(program, kernel);
    const view = { program, verdict, ...(explanation ? { explanation } : {}) };
    const whole = flags["no-explain"] || !flags.json ? view : withWitness(view);
    ok &&= verdict.ok;
    if (flags.json) await print(`${JSON.stringify({ file, ...answer(whole, logLevel) })}\n`);
    else await print(text(whole, logLevel));
  }
  return ok ? 0 : 1;
}

/** Linux creates a program's maps before it is asked for the program. Throws `MapError`. */
function requireMaps(programs: readonly ProgramSpec[]): void {
  const memory = new LinearMemory();
  for (const { maps } of programs) for (const [index, map] of maps.entries()) createMap(memory, index, map);
}

/** The level that writes nothing but counts. */
const COUNTS_LEVEL = 4;

/** `processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0` */
const COUNTS = /max_states_per_insn (\d+) total_states (\d+) peak_states (\d+)/;

function statesOf({
  log,
}: Verdict): { readonly mostPerInsn: number; readonly total: number; readonly peak: number } | undefined {
  const found = COUNTS.exec(log);
  return found ? { mostPerInsn: Number(found[1]), total: Number(found[2]), peak: Number(found[3]) } : undefined;
}

/** Everything of a verdict as data. */
function answer({ program, verdict, explanation, witness }: VerdictView, logLevel: number): object {
  const { ok, errno, message, values, at, processed, stackDepth, log, exploration } = verdict;
  return {
    ...{ name: program.name, type: program.type, ok },
    ...(ok ? {} : { errno, error: refusalText(verdict), message, values }),
    ...(at === undefined || ok ? {} : { at, line: program.lines?.[at] }),
    ...{ processed, stackDepth, states: statesOf(verdict) },
    ...(logLevel === 0 ? {} : { log }),
    ...(explanation ? { explanation: explanationJson(explanation) } : {}),
    ...(witness ? { witness: witnessJson(witness) } : {}),
    ...(exploration ? { exploration: explorationJson(exploration) } : {}),
  };
}

/** Without the changed programs, whose instructions say nothing that the diff does not. */
function explanationJson(explanation: ShownExplanation): object {
  return { ...explanation, fixes: explanation.fixes?.map(({ program: _, ...fix }) => fix) };
}

/** Bytes as hex, 64-bit numbers as text. */
function witnessJson({ packet, context, elements, registers, ...rest }: Witness): object {
  return {
    ...rest,
    ...(packet ? { packet: toHex(packet) } : {}),
    ...(context ? { context: context.map(({ name, value }) => ({ name, value: String(value) })) } : {}),
    elements: elements.map(({ map, key, value }) => ({ map, key: toHex(key), value: toHex(value) })),
    registers: registers.map((value) => `0x${value.toString(16)}`),
  };
}

/** The log that was asked for, then the verdict as notebooks show it. */
function text(view: VerdictView, logLevel: number): string {
  const { verdict } = view;
  const states = statesOf(verdict);
  const shown = renderVerdict({ ...view, verdict: { ...verdict, log: "" } });
  const log = logLevel === 0 ? "" : `${verdict.log.trimEnd()}\n\n`;
  const [headline, ...rest] = String(shown["text/plain"]).split("\n");
  const kept = verdict.ok && states ? `, ${plural(states.total, "state")} kept` : "";
  return `${log}${headline}${kept}\n${rest.join("\n").trimEnd()}\n`;
}
