import { ArgumentError } from "../../isa/argument.ts";
import { DecodeError, fromHex, toHex } from "../../isa/encode.ts";
import { debugRun, traceRun } from "../../linux/bpf/debug-run.ts";
import type { RunInput } from "../../linux/bpf/prepared-run.ts";
import type { Engine, LinuxProgram } from "../../linux/bpf/program.ts";
import { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { type RunResult, testRun } from "../../linux/bpf/test-run.ts";
import { Linux } from "../../linux/linux.ts";
import { MapError } from "../../maps/error.ts";
import { grouped, plural } from "../../plot/format.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { PACKET_TYPES, TestRunError } from "../../programs/test-run.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../programs/types.ts";
import { refusalText, VerifierError } from "../../verifier/verification.ts";
import { hexText } from "../../views/hex.ts";
import { traceLines } from "../../views/trace/trace-lines.ts";
import { ExecutionError, ProgramError } from "../../vm/errors.ts";
import { reportCases } from "../conformance/report.ts";
import { oneOf, readFlags, wholeNumber } from "../flags.ts";
import { readFile, readInput } from "../input.ts";
import { UsageError } from "../usage.ts";
import { elements, mapText } from "./map-text.ts";
import { readMap, readProgram, UnreadableProgramError } from "./read-program.ts";

const KINDS = {
  type: "string",
  data: "string",
  context: "string",
  repeat: "string",
  engine: "string",
  seed: "string",
  steps: "string",
  map: "list",
  json: "boolean",
  trace: "boolean",
  conformance: "boolean",
} as const;

const ENGINES = ["jit", "interp"] as const;

/** A packet where none is given: an Ethernet frame of zeros, the shortest there is. */
const DEFAULT_PACKET = 60;

/** Instructions of a run that are counted; more are "more than". */
const MOST_COUNTED = 10_000_000;

/** Elements of a map in JSON. */
const MOST_ELEMENTS = 100_000;

/**
 * `bpfbook run FILE|-`: assembles or decodes a program, verifies it (not type `raw`) and runs it on a packet or a context.
 * `bpfbook run --conformance FILE...`: runs cases of bpf_conformance's format.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, KINDS);
  const engine = oneOf<Engine>("engine", flags.engine, ENGINES);
  if (flags.conformance) {
    if (words.length === 0) throw new UsageError("--conformance needs files to run");
    return reportCases(words, engine === undefined ? ENGINES : [engine], flags.json ?? false) ? 0 : 1;
  }
  const [file, ...more] = words;
  if (file === undefined) throw new UsageError("a file with a program is expected, or - for stdin");
  if (more.length > 0) throw new UsageError(`one file is expected, got also '${more[0]}'`);
  const type = oneOf("type", flags.type, Object.keys(PROGRAM_TYPES) as ProgramType[]) ?? "xdp";
  const repeat = wholeNumber("repeat", flags.repeat, 1, 2 ** 32 - 1) ?? 1;
  const steps = wholeNumber("steps", flags.steps, 1, 1_000_000);
  const seed = wholeNumber("seed", flags.seed, 0, Number.MAX_SAFE_INTEGER) ?? 1;
  const maps = (flags.map ?? []).map(readMap);
  const input = readRunInput(type, flags.data, flags.context);
  const bytes = await readInput(file);
  const fail = (error: Failure): number => {
    if (flags.json) process.stdout.write(`${JSON.stringify({ ok: false, ...error })}\n`);
    else process.stderr.write(`bpfbook run: ${error.error}\n`);
    return 1;
  };
  let spec: ProgramSpec | undefined;
  try {
    spec = readProgram(bytes, { file, type, maps });
    const bpf = new BpfSubsystem(new Linux({ cpus: 1, seed }));
    const program = bpf.load(spec, { engine: engine ?? "jit" });
    if (flags.trace && !flags.json) {
      const trace = traceRun(bpf, program, { ...input, ...(steps === undefined ? {} : { steps }) });
      for (const line of traceLines(trace)) process.stdout.write(`${line}\n`);
    }
    const { executed, result: r0 } = measure(bpf, program, input);
    const result = testRun(bpf, program, { ...input, repeat });
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(answer(program, result, executed, r0))}\n`
        : text(program, result, { executed, r0, repeat }),
    );
    return 0;
  } catch (error) {
    const failure = failureOf(error, file, spec?.lines);
    if (failure === undefined) throw error;
    return fail(failure);
  }
}

interface Failure {
  readonly error: string;
  readonly errno?: string;
  readonly at?: number;
}

function failureOf(error: unknown, file: string, lines: ProgramSpec["lines"]): Failure | undefined {
  if (error instanceof UnreadableProgramError) return { error: error.message };
  if (error instanceof VerifierError) {
    const { program, verdict } = error.verification;
    const { errno, at } = verdict;
    const line = at === undefined ? undefined : program.lines?.[at]?.line;
    const where = line === undefined ? (at === undefined ? file : `${file}, instruction ${at}`) : `${file}:${line}`;
    return {
      error: `${where}: the verifier refuses it: ${refusalText(verdict)} (${errno})`,
      ...(errno ? { errno } : {}),
    };
  }
  if (error instanceof MapError || error instanceof TestRunError) return { error: error.message, errno: error.errno };
  if (error instanceof ProgramError || error instanceof ExecutionError) {
    const line = lines?.[error.at];
    // The line of an error says what the message's number means.
    const where = line === undefined ? file : `${file}:${line.line}`;
    return { error: `${where}: ${error.message}`, at: error.at };
  }
  if (error instanceof ArgumentError) return { error: error.message };
  return undefined;
}

/** What the flags say the program is run on; a type that takes a packet gets one where none is given. */
function readRunInput(type: ProgramType, data: string | undefined, context: string | undefined): RunInput {
  const packet = PACKET_TYPES.has(type) ? DEFAULT_PACKET : type === "raw" ? 0 : undefined;
  const bytes =
    data === undefined ? (packet === undefined ? undefined : new Uint8Array(packet)) : readBytes("data", data);
  return {
    ...(bytes === undefined ? {} : { data: bytes }),
    ...(context === undefined ? {} : { context: readBytes("context", context) }),
  };
}

function readBytes(flag: string, text: string): Uint8Array {
  if (text.startsWith("@")) return Uint8Array.from(readFile(text.slice(1)));
  try {
    return fromHex(text);
  } catch (error) {
    if (error instanceof DecodeError)
      throw new UsageError(`--${flag}: ${error.message}; or @FILE for the bytes of a file`);
    throw error;
  }
}

/** The first run in the interpreter: how many instructions it takes, and all of r0. The machine is as it was. */
function measure(bpf: BpfSubsystem, program: LinuxProgram, input: RunInput) {
  using debug = debugRun(bpf, program, input);
  return debug.measure(MOST_COUNTED);
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function answer(program: LinuxProgram, result: RunResult, executed: number, r0: bigint | undefined): object {
  return {
    ok: true,
    retval: result.retval,
    ...(r0 === undefined ? {} : { r0: hex(r0) }),
    ...(result.verdict === undefined ? {} : { verdict: result.verdict }),
    executed,
    dataOut: toHex(result.dataOut),
    ...(result.contextOut === undefined ? {} : { contextOut: toHex(result.contextOut) }),
    maps: program.maps.map((map) =>
      Object.fromEntries(elements(map, MOST_ELEMENTS).map(({ key, value }) => [toHex(key), toHex(value)])),
    ),
  };
}

interface Told {
  readonly executed: number;
  readonly r0: bigint | undefined;
  readonly repeat: number;
}

/** What came out: a packet or memory beside what went in; flow keys are a structure of their own. */
function dataLines(type: ProgramType, dataIn: Uint8Array, dataOut: Uint8Array): string[] {
  const bytes = plural(dataOut.length, "byte");
  if (type === "flow_dissector") return [`flow keys: ${bytes}`, hexText(dataOut)];
  const changed = dataOut.reduce((sum, byte, i) => (byte === dataIn[i] ? sum : sum + 1), 0);
  const length = dataOut.length === dataIn.length ? "" : `, ${dataIn.length} before`;
  const line = `${type === "raw" ? "memory" : "packet"}: ${bytes}${length}, ${changed} changed`;
  return changed > 0 || length !== "" ? [line, hexText(dataOut, { before: dataIn })] : [line];
}

function text(program: LinuxProgram, result: RunResult, { executed, r0, repeat }: Told): string {
  const { spec, verdict, maps } = program;
  const { retval, dataIn, dataOut } = result;
  const name = result.verdict === undefined ? String(retval | 0) : `${result.verdict} (${retval | 0})`;
  const count = r0 === undefined ? `more than ${grouped(executed)} instructions` : plural(executed, "instruction");
  const runs = repeat === 1 ? "" : `, the last of ${grouped(repeat)} runs`;
  return [
    `${spec.name} (${spec.type}): ${plural(spec.insns.length, "slot")}, ${verdict ? "verified" : "not verified"}`,
    `returned ${name}${r0 === undefined || repeat > 1 ? "" : `, r0 = ${hex(r0)}`}${runs}`,
    `${count} executed${repeat === 1 ? "" : " in the first run"}`,
    ...(dataOut.length === 0 ? [] : dataLines(spec.type, dataIn, dataOut)),
    ...(result.contextOut === undefined ? [] : ["context:", hexText(result.contextOut)]),
    ...maps.map(mapText),
    "",
  ].join("\n");
}
