import { CheckStopped, Examiner } from "../../course/examiner.ts";
import { Lab } from "../../course/lab.ts";
import { shownAnswer } from "../../course/shown-answer.ts";
import { describe } from "../../isa/argument.ts";
import type { RunInput } from "../../linux/bpf/prepared-run.ts";
import type { LoadedProgram } from "../../loader/loaded-program.ts";
import type { MachineOptions } from "../../machine.ts";
import type { Packet } from "../../packets/packet.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { explain } from "../../verifier/explain.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { refusalText } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";
import { traceLines } from "../../views/trace/trace-lines.ts";
import { Meter } from "../../vm/meter.ts";
import type { Evidence } from "../result/result.ts";

/**
 * Instructions that the programs of one test may execute in all: the same everywhere, unlike a clock. The model solutions' tests
 * stay far below a hundredth of it, and it takes a second or less where most of them call helpers.
 */
export const INSTRUCTIONS = 50_000_000;

/** Instructions of a failing run that are shown. */
const TRACED = 24;
/** Characters of evidence that are kept of each kind. */
const LONGEST = 4000;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}\n...` : text);

/**
 * The course's examiner, which also keeps what it saw when the first test failed: the input, what was wanted, what came, why the
 * verifier refused, the last instructions. Mistakes are names of the task's `mistakes`.
 *
 * @example
 * run: ({ answer, it }) => {
 *   const program = it.lab().load(it.accept(answer, "xdp"));
 *   it.packet(program, packet.udp({ dport: 53 }), ({ verdict }) => it.equal("a DNS query", verdict, "XDP_DROP"));
 * }
 */
export class Inspector extends Examiner {
  /** What was seen when the first test failed. */
  evidence: Evidence | undefined;
  readonly #meter = new Meter(INSTRUCTIONS);
  #input: Evidence = {};
  #trace: (() => string) | undefined;

  override that(what: string, ok: boolean, detail?: string, mistake?: string): boolean {
    if (!ok && this.evidence === undefined) {
      const trace = this.#trace?.();
      this.evidence = { ...this.#input, ...(trace === undefined ? {} : { trace }) };
    }
    return super.that(what, ok, detail, mistake);
  }

  override equal(what: string, got: unknown, want: unknown, mistakes: Readonly<Record<string, string>> = {}): boolean {
    const before = this.#input;
    this.#input = { ...before, expected: shownAnswer(want), got: shownAnswer(got) };
    try {
      return super.equal(what, got, want, mistakes);
    } finally {
      this.#input = before;
    }
  }

  override accepted(
    program: ProgramSpec,
    mistakes: (verdict: Verdict) => string | undefined = () => undefined,
  ): Verdict {
    const verdict = verify(program);
    if (!verdict.ok) this.#input = { ...this.#input, verifier: refusal(program, verdict) };
    return super.accepted(program, mistakes);
  }

  /** What the following tests are about, for whoever reads why one failed. */
  on(input: string): void {
    this.#input = { input: shortened(input) };
  }

  /** The answer as a program of a type that Linux's verifier accepts; else the check ends. */
  accept(answer: unknown, type: Parameters<Examiner["program"]>[1]): ProgramSpec {
    const program = this.program(answer, type);
    this.accepted(program);
    return program;
  }

  /** The answer as the bytes of an object file. */
  object(answer: unknown): Uint8Array {
    if (answer instanceof Uint8Array) return answer;
    return this.stop("the answer is an object file", `got ${describe(answer)}`);
  }

  /** A machine of its own; all machines of a test share its instructions. */
  lab(options: MachineOptions = { cpus: 1, seed: 11 }): Lab {
    return new Lab(this, { ...options, meter: this.#meter });
  }

  /** Runs a program on a packet and tests what it gave; where a test fails, packet and instructions are kept. */
  packet<R>(
    program: LoadedProgram,
    packet: Packet,
    test: (result: { readonly verdict: string | undefined; readonly retval: number; readonly out: Uint8Array }) => R,
  ): R {
    return this.run(program, { data: packet }, `packet: ${packetText(packet)}`, test);
  }

  /** The same on any input, which `shown` describes. */
  run<R>(
    program: LoadedProgram,
    input: RunInput,
    shown: string,
    test: (result: { readonly verdict: string | undefined; readonly retval: number; readonly out: Uint8Array }) => R,
  ): R {
    this.on(shown);
    // Only for a failing test, as tracing costs a hundred times what running does: the same run once more.
    this.#trace = () => traced(program, input);
    try {
      const { verdict, retval, dataOut } = program.run(input);
      return test({ verdict, retval, out: dataOut });
    } catch (error) {
      if (error instanceof CheckStopped || !(error instanceof Error)) throw error;
      return this.stop("it runs", error.message.split("\n")[0]!);
    } finally {
      this.#trace = undefined;
    }
  }
}

function traced(program: LoadedProgram, input: RunInput): string {
  const trace = program.trace(input);
  return shortened([...traceLines(trace)].slice(-TRACED).join("\n"));
}

/** A packet's layers and its bytes. */
export function packetText(packet: Packet): string {
  const layers = packet.layers.map(({ protocol, summary }) => `${protocol} ${summary}`.trim()).join("; ");
  const bytes = [...packet].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return shortened(`${layers}\n${bytes.replace(/(.{32})/g, "$1\n").trim()}`);
}

/** Why Linux refuses a program, and the ways out, as text. */
function refusal(program: ProgramSpec, verdict: Verdict): string {
  const why = explain(program);
  const line = why?.line === undefined ? "" : ` (line ${why.line.line}: ${why.line.text.trim()})`;
  return shortened(
    [
      `${refusalText(verdict)}${line}`,
      ...(why === undefined ? [] : [why.cause, why.mend]),
      ...(why?.fixes.map(({ title, diff }) => `A way out: ${title}${diff === undefined ? "" : `\n${diff}`}`) ?? []),
    ].join("\n"),
  );
}
