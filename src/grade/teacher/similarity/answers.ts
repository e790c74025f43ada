import { analyse } from "../../../bpftrace/analyse/program.ts";
import { compile } from "../../../bpftrace/compile/program.ts";
import { machineSource } from "../../../bpftrace/run/machine-source.ts";
import { readWithImports } from "../../../bpftrace/syntax/imports.ts";
import { openObject } from "../../../elf/open.ts";
import type { Instruction } from "../../../isa/instruction.ts";
import { Machine } from "../../../machine.ts";
import { GradeError } from "../../error.ts";
import type { Artefact } from "../../submission/artefact.ts";
import { fromBase64 } from "../../submission/base64.ts";
import { decodeProgram } from "../../submission/decode.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";

/** One program of an answer: an object file and a bpftrace text may have several. */
export interface AnswerProgram {
  readonly name: string;
  readonly insns: readonly Instruction[];
  readonly print: Fingerprint;
}

/** What an answer executes, with the fingerprint of all of it. */
export interface AnswerCode {
  readonly programs: readonly AnswerProgram[];
  readonly print: Fingerprint;
}

/** Programs of one answer that are looked at. */
const MOST = 64;
let machine: Machine | undefined;

/**
 * The programs of an answer; nothing of it is run. Undefined for a value, which has none. Throws `GradeError` for what cannot be read as
 * programs: that is the student's mistake, and nothing to compare.
 *
 * @example codeOf({ kind: "bpftrace", text: "BEGIN { @a = 1 }" })?.programs.length // 1
 */
export function codeOf(artefact: Artefact): AnswerCode | undefined {
  if (artefact.kind === "value") return undefined;
  try {
    const programs = partsOf(artefact)
      .slice(0, MOST)
      .map(({ name, insns }) => ({ name, insns, print: fingerprint(insns) }));
    const features = programs.flatMap(({ print }) => [...print.features]);
    return { programs, print: { features: Int32Array.from(features).sort(), bySlot: new Map() } };
  } catch (error) {
    if (error instanceof GradeError || !(error instanceof Error)) throw error;
    throw new GradeError("not-an-artefact", "", error.message.split("\n")[0]!, "", error);
  }
}

function partsOf(
  artefact: Exclude<Artefact, { kind: "value" }>,
): readonly { name: string; insns: readonly Instruction[] }[] {
  switch (artefact.kind) {
    case "program":
      return [{ name: artefact.name, insns: decodeProgram(artefact).insns }];
    case "object": {
      const { programs, subprograms } = openObject(fromBase64(artefact.bytes) ?? new Uint8Array());
      return [...programs, ...subprograms].map(({ name, insns }) => ({ name, insns }));
    }
    case "bpftrace": {
      machine ??= new Machine({ cpus: 1, seed: 1 });
      return compiled(artefact.text, machine);
    }
  }
}

/** What bpftrace makes of a text, probe by probe. Imports are refused: there is no file beside an answer. */
function compiled(text: string, { linux }: Machine): readonly { name: string; insns: readonly Instruction[] }[] {
  const read = (): never => {
    throw new GradeError("not-an-artefact", "", "an answer imports nothing");
  };
  const { source, program } = readWithImports({ name: "answer", text }, read);
  const typed = analyse(source, program, machineSource(linux), { parameters: [], unsafe: false, options: {} });
  const { probes } = compile(source, typed, { cpus: 1, startNs: 0n });
  return probes.map(({ spec: { name, insns } }) => ({ name, insns }));
}
