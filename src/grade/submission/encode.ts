import { describe, isObject } from "../../isa/argument.ts";
import { encode, fromHex, toHex } from "../../isa/encode.ts";
import { LoadedProgram } from "../../loader/loaded-program.ts";
import { BpfObject } from "../../loader/object/bpf-object.ts";
import { Program } from "../../loader/program.ts";
import { MapDeclaration } from "../../maps/declaration.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { GradeError } from "../error.ts";
import {
  type Artefact,
  type ArtefactKind,
  type JsonValue,
  LIMITS,
  type LineArtefact,
  type MapArtefact,
  type ProgramArtefact,
  type Submission,
} from "./artefact.ts";
import { toBase64 } from "./base64.ts";
import { canonical } from "./json.ts";

const refuse = (problem: string, mend: string): never => {
  throw new GradeError("not-an-artefact", "", problem, mend);
};

/**
 * What a student hands over, as data. Runs in the student's process; what comes of it is nevertheless looked at as if somebody
 * hostile had written it. `kind` is what the task asks for; without it the value says it itself. Throws `GradeError` for what
 * cannot be handed over.
 *
 * @example
 * encodeArtefact(asm({ type: "xdp" })`r0 = 2; exit`); // { kind: "program", type: "xdp", insns: "b700000002000000...", ... }
 * encodeArtefact(2n ** 60n);                          // { kind: "value", value: { $bigint: "1152921504606846976" } }
 */
export function encodeArtefact(value: unknown, kind: ArtefactKind = kindOf(value)): Artefact {
  switch (kind) {
    case "program": {
      const spec = value instanceof LoadedProgram ? value.spec : value;
      if (spec instanceof Program || value instanceof LoadedProgram) return encodeProgram(spec as ProgramSpec);
      return refuse(`a program is asked for, not ${describe(value)}`, 'asm({ type: "xdp" })`...` makes one');
    }
    case "object": {
      const bytes = value instanceof BpfObject ? value.bytes : value;
      if (!(bytes instanceof Uint8Array))
        return refuse(`an object is asked for, not ${describe(value)}`, "m.compile(c`...`) makes one");
      if (bytes.length > LIMITS.object)
        return refuse(`the object file has ${bytes.length} bytes, ${LIMITS.object} are allowed`, "");
      return { kind, bytes: toBase64(bytes) };
    }
    case "bpftrace":
      if (typeof value !== "string")
        return refuse(`a bpftrace program is asked for, not ${describe(value)}`, "Hand its text over");
      return { kind, text: value };
    case "value":
      return { kind, value: encodeValue(value, 0) };
  }
}

const kindOf = (value: unknown): ArtefactKind => {
  if (value instanceof Program || value instanceof LoadedProgram) return "program";
  if (value instanceof BpfObject) return "object";
  return value instanceof Uint8Array && value[0] === 0x7f && value[1] === 0x45 ? "object" : "value";
};

function encodeProgram(spec: ProgramSpec): ProgramArtefact {
  if (spec.btf !== undefined)
    return refuse("the program has types of its own", "Hand the object over that it is part of");
  const { type, name, license, expectedAttachType, attachBtfId } = spec;
  return {
    kind: "program",
    ...{ type, name, license },
    insns: toHex(encode(spec.insns)),
    maps: spec.maps.map(encodeMap),
    ...(expectedAttachType === undefined ? {} : { attachType: expectedAttachType }),
    ...(attachBtfId === undefined ? {} : { attachTo: String(attachBtfId) }),
    lines: (spec.lines ?? []).flatMap((line, slot): LineArtefact[] =>
      line === undefined ? [] : [[slot, line.line, line.column, line.text.slice(0, 200)]],
    ),
  };
}

function encodeMap(map: MapSpec): MapArtefact {
  if (map.btf !== undefined)
    return refuse(`the map ${map.name} has types of its own`, "Hand over an object file, which has them too");
  const { type, name, keySize, valueSize, maxEntries, flags, inner } = map;
  return {
    ...{ type, name, keySize, valueSize, maxEntries, flags },
    ...(inner === undefined ? {} : { inner: encodeMap(inner) }),
  };
}

/** A value as JSON: bigints and bytes marked, maps as lists of pairs, sets as lists. */
function encodeValue(value: unknown, depth: number): JsonValue {
  if (depth > LIMITS.depth - 6) return refuse("the value nests too deep, or contains itself", "Hand its parts over");
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : refuse(`${value} is no number that can be handed over`, "");
  }
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (value instanceof Map || value instanceof MapDeclaration) {
    return [...value].map((pair: unknown) => encodeValue(pair, depth + 1));
  }
  if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => encodeValue(item, depth + 1));
  if (!isObject(value))
    return refuse(`${describe(value)} cannot be handed over`, "Numbers, texts, lists and objects can");
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, encodeValue(item, depth + 1)]),
  );
}

/** The value of an artefact of kind `value`, with bigints and bytes; objects have no prototype. */
export function decodeValue(value: JsonValue): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(decodeValue);
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>);
  const [first, ...rest] = entries;
  if (first !== undefined && rest.length === 0 && typeof first[1] === "string") {
    if (first[0] === "$bigint") return BigInt(first[1]);
    if (first[0] === "$bytes") return fromHex(first[1]);
  }
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, item] of entries) object[key] = decodeValue(item);
  return object;
}

/** The bytes of a submission, the same for equal submissions. */
export const encodeSubmission = (submission: Submission): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(canonical(submission));
