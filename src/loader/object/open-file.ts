import type { ObjectFile } from "../../elf/object.ts";
import { openObject } from "../../elf/open.ts";
import { DecodeError } from "../../isa/encode.ts";
import { ObjectError } from "./error.ts";
import { buildStatic } from "./hidden.ts";

/** Reads the file. Throws `ElfError` for what is no object, {@link ObjectError} for one that holds nothing to load. */
export function openFile(bytes: Uint8Array, name: string): ObjectFile {
  let file: ObjectFile;
  try {
    file = openObject(bytes);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new ObjectError("EINVAL", name, cause.message, "Its sections of instructions are damaged.", cause);
  }
  return { ...file, btf: buildStatic(file) };
}
