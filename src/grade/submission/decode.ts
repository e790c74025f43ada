import { describe, isObject } from "../../isa/argument.ts";
import { decode, fromHex } from "../../isa/encode.ts";
import { Program } from "../../loader/program.ts";
import { checkMap } from "../../maps/create.ts";
import { isPerCpu, MAP_TYPES, type MapSpec, type MapType } from "../../maps/spec.ts";
import { ATTACH_TYPES, type AttachType } from "../../programs/attach-types.ts";
import type { SourceLine } from "../../programs/spec.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../programs/types.ts";
import { GradeError } from "../error.ts";
import {
  type Artefact,
  ASSIGNMENT_ID,
  type JsonValue,
  LIMITS,
  type LineArtefact,
  type MapArtefact,
  type ProgramArtefact,
  STUDENT_ID,
  type Submission,
  TASK_ID,
} from "./artefact.ts";
import { fromBase64 } from "./base64.ts";
import { canonical, readJson } from "./json.ts";

/** A submission, and what of it was none: those tasks fail, the others are graded. */
export interface DecodedSubmission {
  readonly submission: Submission;
  /** Answers that were left out, by task: why. */
  readonly faults: ReadonlyMap<string, GradeError>;
}

type Members = Readonly<Record<string, unknown>>;

const wrong = (where: string, problem: string): never => {
  throw new GradeError("not-an-artefact", where, problem);
};

/**
 * Reads a submission as if somebody hostile had written it: bounded in size and depth, every member checked, nothing taken over
 * that is not known. What is wrong with the whole throws `GradeError`; an answer that is none is left out and told in `faults`.
 *
 * @example const { submission, faults } = decodeSubmission(readFileSync("s042.json"));
 */
export function decodeSubmission(bytes: Uint8Array): DecodedSubmission {
  const value = readJson(bytes, { bytes: LIMITS.submission, depth: LIMITS.depth });
  const not = (where: string, problem: string): never => {
    throw new GradeError("not-a-submission", where, problem);
  };
  if (!isObject(value) || Array.isArray(value)) return not("", `it is ${describe(value)}, no submission`);
  if (value.version !== 1) return not("version", `it is ${describe(value.version)}; this grader knows version 1`);
  const { assignment, student, answers } = value;
  if (typeof assignment !== "string" || !ASSIGNMENT_ID.test(assignment))
    return not("assignment", `${describe(assignment)} is no name of an assignment, such as "a1"`);
  if (typeof student !== "string" || !STUDENT_ID.test(student))
    return not("student", `${describe(student)} is no name of a student: letters, digits and _ . @ + -`);
  if (!isObject(answers) || Array.isArray(answers)) return not("answers", `they are ${describe(answers)}, no object`);
  const names = Object.keys(answers);
  if (names.length > LIMITS.answers) return not("answers", `there are ${names.length}; ${LIMITS.answers} are allowed`);
  const taken: Record<string, Artefact> = Object.create(null);
  const faults = new Map<string, GradeError>();
  for (const name of names) {
    if (!TASK_ID.test(name)) return not("answers", `${describe(name)} is no name of a task, such as "a1/2"`);
    try {
      taken[name] = checkArtefact(answers[name], `answers.${name}`);
    } catch (error) {
      if (!(error instanceof GradeError)) throw error;
      faults.set(name, error);
    }
  }
  return { submission: { version: 1, assignment, student, answers: taken }, faults };
}

/** Checks one answer, member by member, and copies what is known of it; throws `GradeError`. */
export function checkArtefact(value: unknown, where: string): Artefact {
  if (!isObject(value) || Array.isArray(value)) return wrong(where, `it is ${describe(value)}, no artefact`);
  const { kind } = value;
  if (kind !== "object") {
    const size = canonical(value).length;
    if (size > LIMITS.artefact)
      throw new GradeError("too-large", where, `it has ${size} characters; ${LIMITS.artefact} are allowed`);
  }
  switch (kind) {
    case "program":
      return checkProgram(value, where);
    case "object": {
      const text = textOf(value.bytes, `${where}.bytes`, Math.ceil(LIMITS.object / 3) * 4);
      if (fromBase64(text) === undefined) return wrong(`${where}.bytes`, "it is no base64");
      return { kind, bytes: text };
    }
    case "bpftrace":
      return { kind, text: textOf(value.text, `${where}.text`, LIMITS.bpftrace) };
    case "value":
      return { kind, value: checkValue(value.value, `${where}.value`) };
    default:
      return wrong(`${where}.kind`, `${describe(kind)} is none of program, object, bpftrace, value`);
  }
}

function textOf(value: unknown, where: string, most: number): string {
  if (typeof value !== "string") return wrong(where, `it is ${describe(value)}, no text`);
  if (value.length > most)
    throw new GradeError("too-large", where, `it has ${value.length} characters; ${most} are allowed`);
  return value;
}

function wholeOf(value: unknown, where: string, most: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  return wrong(where, `it is ${describe(value)}, no whole number from 0 to ${most}`);
}

function oneOf<T extends string>(value: unknown, where: string, table: Readonly<Record<T, unknown>>): T {
  if (typeof value === "string" && Object.hasOwn(table, value)) return value as T;
  return wrong(where, `${describe(value)} is not known`);
}

const NAME = /^[A-Za-z0-9_.]*$/;

function nameOf(value: unknown, where: string): string {
  const name = textOf(value, where, 64);
  return NAME.test(name) ? name : wrong(where, `${describe(name)} has other characters than letters, digits, _ and .`);
}

function checkProgram(value: Members, where: string): ProgramArtefact {
  const { attachType, attachTo, lines = [], maps } = value;
  const insns = textOf(value.insns, `${where}.insns`, LIMITS.artefact);
  if (!/^(?:[0-9a-f]{16})+$/.test(insns))
    wrong(`${where}.insns`, "instructions are 16 lower-case hexadecimal digits each");
  if (!Array.isArray(maps) || maps.length > LIMITS.maps)
    return wrong(`${where}.maps`, `it is ${describe(maps)}, no list of at most ${LIMITS.maps} maps`);
  if (!Array.isArray(lines)) return wrong(`${where}.lines`, `it is ${describe(lines)}, no list`);
  const slots = insns.length / 16;
  return {
    kind: "program",
    type: oneOf<ProgramType>(value.type, `${where}.type`, PROGRAM_TYPES),
    name: nameOf(value.name, `${where}.name`),
    insns,
    maps: maps.map((map: unknown, at) => checkMapArtefact(map, `${where}.maps[${at}]`)),
    license: textOf(value.license, `${where}.license`, 64),
    ...(attachType === undefined
      ? {}
      : { attachType: oneOf<AttachType>(attachType, `${where}.attachType`, ATTACH_TYPES) }),
    ...(attachTo === undefined ? {} : { attachTo: nameOf(attachTo, `${where}.attachTo`) }),
    lines: lines.map((line: unknown, at) => checkLine(line, `${where}.lines[${at}]`, slots)),
  };
}

function checkLine(value: unknown, where: string, slots: number): LineArtefact {
  if (!Array.isArray(value) || value.length !== 4) return wrong(where, `it is ${describe(value)}, no line`);
  const [slot, line, column, text] = value as readonly unknown[];
  return [
    wholeOf(slot, `${where}[0]`, slots - 1),
    wholeOf(line, `${where}[1]`, 1e6),
    wholeOf(column, `${where}[2]`, 1e6),
    textOf(text, `${where}[3]`, 200),
  ];
}

const MOST_U32 = 2 ** 32 - 1;

function checkMapArtefact(value: unknown, where: string, level = 0): MapArtefact {
  if (!isObject(value) || Array.isArray(value)) return wrong(where, `it is ${describe(value)}, no map`);
  const { inner } = value;
  if (inner !== undefined && level > 0) return wrong(`${where}.inner`, "maps of maps of maps are not to be had");
  const map = {
    type: oneOf<MapType>(value.type, `${where}.type`, MAP_TYPES),
    name: nameOf(value.name, `${where}.name`),
    keySize: wholeOf(value.keySize, `${where}.keySize`, MOST_U32),
    valueSize: wholeOf(value.valueSize, `${where}.valueSize`, MOST_U32),
    maxEntries: wholeOf(value.maxEntries, `${where}.maxEntries`, MOST_U32),
    flags: wholeOf(value.flags, `${where}.flags`, MOST_U32),
    ...(inner === undefined ? {} : { inner: checkMapArtefact(inner, `${where}.inner`, level + 1) }),
  };
  const each = (map.keySize + map.valueSize) * (isPerCpu(map.type) ? 8 : 1);
  const bytes = map.type === "ringbuf" || map.type === "user_ringbuf" ? map.maxEntries : each * map.maxEntries;
  if (bytes > LIMITS.mapBytes)
    throw new GradeError("too-large", where, `its elements take ${bytes} bytes; ${LIMITS.mapBytes} are allowed`);
  return map;
}

/** Checks a value's marks; the rest any JSON may be. */
function checkValue(value: unknown, where: string): JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.map((item: unknown, at) => checkValue(item, `${where}[${at}]`));
  if (!isObject(value)) return wrong(where, "it is left out");
  const copy: Record<string, JsonValue> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (key === "$bigint" && !(typeof item === "string" && /^-?\d+$/.test(item) && item.length <= LIMITS.digits))
      return wrong(where, `a $bigint is a text of at most ${LIMITS.digits} digits`);
    if (key === "$bytes" && !(typeof item === "string" && /^(?:[0-9a-f]{2})*$/.test(item)))
      return wrong(where, "$bytes is a text of hexadecimal digits");
    copy[key] = checkValue(item, `${where}.${key}`);
  }
  return copy;
}

/**
 * The program of an artefact. Throws `GradeError` for maps that Linux would not create; whether Linux takes the program the
 * verifier says.
 */
export function decodeProgram(artefact: ProgramArtefact, where = ""): Program {
  const { type, name, license, attachType, attachTo } = artefact;
  const lines: SourceLine[] = [];
  for (const [slot, line, column, text] of artefact.lines ?? []) lines[slot] = { line, column, text };
  const maps = artefact.maps.map((map): MapSpec => ({ ...map }));
  for (const [at, map] of maps.entries()) {
    try {
      checkMap(map);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new GradeError("not-an-artefact", `${where}.maps[${at}]`, problem, "", error);
    }
  }
  return new Program({
    ...{ type, name, license, maps },
    insns: decode(fromHex(artefact.insns)),
    ...(lines.length > 0 ? { lines } : {}),
    ...(attachType === undefined ? {} : { expectedAttachType: attachType }),
    ...(attachTo === undefined ? {} : { attachBtfId: /^\d+$/.test(attachTo) ? Number(attachTo) : attachTo }),
  });
}
