import { ElfError } from "../../elf/error.ts";
import { ObjectError } from "../../loader/object/error.ts";
import { objectName } from "../../loader/object/names.ts";
import { type ObjectProgram, programSpecs } from "../../loader/object/program-specs.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramType } from "../../programs/types.ts";
import { isObjectFile } from "../contents.ts";
import { readProgram, UnreadableProgramError } from "../run/read-program.ts";
import { UsageError } from "../usage.ts";

/** What the words of the command say of the programs in a file. */
export interface FileWords {
  readonly file: string;
  /** Instead of what an object's section says; for text and bytes the default is `xdp`. */
  readonly type: ProgramType | undefined;
  readonly maps: readonly MapSpec[];
  readonly license: string | undefined;
  /** Only this program of an object. */
  readonly program: string | undefined;
}

/** The programs of a file: one of text or bytes, all of an object. Throws `UnreadableProgramError`. */
export function readPrograms(bytes: Uint8Array, words: FileWords): ObjectProgram[] {
  const { file, type, maps, license, program } = words;
  if (isObjectFile(bytes)) return readObject(bytes, words);
  if (program !== undefined) throw new UsageError("--program: only object files have several programs");
  const spec = readProgram(bytes, { file, type: type ?? "xdp", maps });
  return [{ spec: license === undefined ? spec : { ...spec, license }, usesKernel: false }];
}

function readObject(bytes: Uint8Array, { file, type, maps, license, program }: FileWords): ObjectProgram[] {
  if (maps.length > 0) throw new UsageError("--map: an object file declares its maps itself");
  try {
    const name = file === "-" ? "object" : objectName(file);
    const options = { name, ...(program === undefined ? {} : { program }), ...(type === undefined ? {} : { type }) };
    return programSpecs(bytes, options).map(({ spec, usesKernel }) => ({
      usesKernel,
      spec: license === undefined ? spec : { ...spec, license },
    }));
  } catch (error) {
    if (error instanceof ElfError || error instanceof ObjectError)
      throw new UnreadableProgramError(`${file}: ${error.message}`);
    throw error;
  }
}
