import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
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
export function readPrograms(bytes: Uint8Array, words: FileWords): ProgramSpec[] {
  const { file, type, maps, license, program } = words;
  if (isObjectFile(bytes)) throw new UnreadableProgramError(`${file}: object files are not verified yet`);
  if (program !== undefined) throw new UsageError("--program: only object files have several programs");
  const spec = readProgram(bytes, { file, type: type ?? "xdp", maps });
  return [license === undefined ? spec : { ...spec, license }];
}
