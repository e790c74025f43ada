import { decode, fromHex } from "../../isa/encode.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { PACKET_TYPES } from "../../programs/test-run.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../programs/types.ts";

/** A line that cannot be understood: it is answered with this message, and the next line goes on. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code = "REQUEST";
}

/** `{"op":"verify"}`: the verdict on a program. */
export interface VerifyRequest {
  readonly op: "verify";
  readonly id: unknown;
  readonly program: ProgramSpec;
  /** Bits, as in bpf(2): 1 the failing path, 2 all paths, 4 statistics. */
  readonly logLevel: number;
}

/** `{"op":"run"}`: verify (not type `raw`), then run `repeat` times on `data`. */
export interface RunRequest {
  readonly op: "run";
  readonly id: unknown;
  readonly program: ProgramSpec;
  readonly engine: "jit" | "interp";
  /** The packet; undefined for types that take none where none is given. */
  readonly data: Uint8Array | undefined;
  /** The context as bytes of the program type's user structure. */
  readonly context: Uint8Array | undefined;
  readonly repeat: number;
  /** Real seconds after which no further run is begun. */
  readonly timeLimit: number;
}

export type Request = VerifyRequest | RunRequest;

type Fields = Readonly<Record<string, unknown>>;

/** More instructions than Linux takes (1 million) need no decoding to be refused. */
const MOST_SLOTS = 1_000_001;
/** Twice what Linux lets one program use, so that its own answer (E2BIG) can still be had. */
const MOST_MAPS = 128;
const MOST_REPEATS = 100_000_000;

/** The `id` of a line, if it has one, so that even a bad request is answered under its name. */
export function requestId(value: unknown): unknown {
  return value !== null && typeof value === "object" && "id" in value ? value.id : null;
}

/**
 * Checks every field of a parsed line; `RequestError` names the first one that is wrong. A field that may be left out may
 * also be null.
 */
export function parseRequest(value: unknown): Request {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new RequestError('expected an object like {"id":"1","op":"verify","type":"xdp","insns":"..."}');
  }
  const fields = value as Fields;
  const id = requestId(fields);
  const op = oneOf(fields, "op", ["verify", "run"]);
  const program = parseProgram(fields);
  if (op === "verify") return { op, id, program, logLevel: count(fields, "logLevel", 0, 0, 7) };
  const takesData = program.type === "raw" || PACKET_TYPES.has(program.type);
  return {
    op,
    id,
    program,
    engine: oneOf(fields, "engine", ["jit", "interp"], "jit"),
    data: takesData || fields.data != null ? bytes(fields, "data", "") : undefined,
    context: fields.context == null ? undefined : bytes(fields, "context"),
    repeat: count(fields, "repeat", 1, 1, MOST_REPEATS),
    timeLimit: seconds(fields, "timeLimit", 10, 600),
  };
}

function parseProgram(fields: Fields): ProgramSpec {
  const type = oneOf(fields, "type", Object.keys(PROGRAM_TYPES) as ProgramType[]);
  const raw = bytes(fields, "insns");
  if (raw.length % 8 !== 0) throw new RequestError(`"insns" has ${raw.length} bytes: instructions are 8 bytes each`);
  if (raw.length / 8 > MOST_SLOTS)
    throw new RequestError(`"insns" has ${raw.length / 8} instructions, over Linux's 1000000`);
  const insns: readonly Instruction[] = decode(raw);
  const list = fields.maps ?? [];
  if (!Array.isArray(list)) throw new RequestError('"maps" must be a list');
  if (list.length > MOST_MAPS) throw new RequestError(`"maps" has ${list.length} maps, over ${MOST_MAPS}`);
  const maps = list.map(parseMap);
  return { type, name: "batch", insns, maps, license: "GPL", ...parseFdArray(fields, maps.length) };
}

/** What `map_idx` means: indexes into `maps`. */
function parseFdArray(fields: Fields, maps: number): Pick<ProgramSpec, "fdArray"> {
  const list = fields.fdArray ?? undefined;
  if (list === undefined) return {};
  if (!Array.isArray(list) || list.length > MOST_MAPS)
    throw new RequestError(`"fdArray" must be a list of at most ${MOST_MAPS}`);
  const isIndex = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < maps;
  if (!list.every(isIndex)) throw new RequestError('"fdArray" must have indexes into "maps"');
  return { fdArray: list };
}

function parseMap(value: unknown, index: number): MapSpec {
  if (value === null || typeof value !== "object") throw new RequestError(`"maps[${index}]" must be an object`);
  const fields = value as Fields;
  return {
    type: oneOf(fields, "type", Object.keys(MAP_TYPES) as MapType[]),
    name: `map${index}`,
    keySize: count(fields, "key", undefined, 0, 2 ** 31),
    valueSize: count(fields, "value", undefined, 0, 2 ** 31),
    maxEntries: count(fields, "max", undefined, 0, 2 ** 32 - 1),
    flags: count(fields, "flags", 0, 0, 2 ** 32 - 1),
  };
}

function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[], fallback?: T): T {
  const value = fields[name] ?? fallback;
  if (allowed.includes(value as T)) return value as T;
  const got = value === undefined ? "is missing" : `is ${JSON.stringify(value)?.slice(0, 40)}`;
  throw new RequestError(`"${name}" ${got}: expected one of ${allowed.join(", ")}`);
}

function count(fields: Fields, name: string, fallback: number | undefined, least: number, most: number): number {
  const value = fields[name] ?? fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RequestError(`"${name}" must be a whole number from ${least} to ${most}`);
}

function seconds(fields: Fields, name: string, fallback: number, most: number): number {
  const value = fields[name] ?? fallback;
  if (typeof value === "number" && value > 0 && value <= most) return value;
  throw new RequestError(`"${name}" must be a number of seconds above 0, at most ${most}`);
}

function bytes(fields: Fields, name: string, fallback?: string): Uint8Array {
  const value = fields[name] ?? fallback;
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new RequestError(`"${name}" must be a string of hex digits, two a byte`);
  }
  return fromHex(value);
}
