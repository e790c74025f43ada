import { basename } from "node:path";
import { AsmError, formatDiagnostic } from "../../asm/diagnostics.ts";
import { DecodeError, decode, fromHex } from "../../isa/encode.ts";
import { asm } from "../../loader/asm.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { ProgramType } from "../../programs/types.ts";
import { isHex, isObjectFile, textOf, withoutComments } from "../contents.ts";
import { oneOf } from "../flags.ts";
import { UsageError } from "../usage.ts";

/** A file that holds no program; the message may have more lines after the first. */
export class UnreadableProgramError extends Error {
  readonly code = "PROGRAM";
}

/** What the words of the command say of a program that its bytes do not. */
export interface ProgramWords {
  readonly file: string;
  readonly type: ProgramType;
  /** `TYPE,KEY,VALUE,ENTRIES`, for instructions without names. */
  readonly maps: readonly MapSpec[];
}

/**
 * A program from assembler text, from hexadecimal digits, or from the bytes of instructions: told apart by what is there.
 * Throws `UnreadableProgramError`.
 */
export function readProgram(bytes: Uint8Array, { file, type, maps }: ProgramWords): ProgramSpec {
  const name = file === "-" ? "stdin" : basename(file).replace(/\.[^.]*$/, "");
  if (isObjectFile(bytes)) {
    throw new UnreadableProgramError(`${file}: this is an object file; run takes assembler text or instructions`);
  }
  if (bytes.every((byte) => byte <= 32)) throw new UnreadableProgramError(`${file}: there is nothing in it`);
  const text = textOf(bytes);
  if (text !== undefined && !isHex(text)) return assembleText(text, { file, type, maps }, name);
  try {
    const insns = decode(text === undefined ? bytes : fromHex(withoutComments(text)));
    return { type, name, insns, maps, license: "GPL" };
  } catch (error) {
    if (error instanceof DecodeError) throw new UnreadableProgramError(`${file}: ${error.message}`);
    throw error;
  }
}

function assembleText(text: string, { file, type, maps }: ProgramWords, name: string): ProgramSpec {
  try {
    return asm({ type, name, maps })(text);
  } catch (error) {
    if (!(error instanceof AsmError)) throw error;
    throw new UnreadableProgramError(error.diagnostics.map((each) => `${file}:${formatDiagnostic(each)}`).join("\n"));
  }
}

/** Reads `--map TYPE,KEY,VALUE,ENTRIES`; throws `UsageError`. */
export function readMap(text: string, index: number): MapSpec {
  const [type, ...numbers] = text.split(",");
  const known = oneOf("map", type, Object.keys(MAP_TYPES) as MapType[])!;
  if (numbers.length !== 3 || numbers.some((number) => !/^\d+$/.test(number))) {
    throw new UsageError(`--map ${text}: expected TYPE,KEY,VALUE,ENTRIES such as array,4,8,16`);
  }
  const [keySize, valueSize, maxEntries] = numbers.map(Number) as [number, number, number];
  return { type: known, name: `map${index}`, keySize, valueSize, maxEntries, flags: 0 };
}
