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
  refuseLostSections(file, name);
  return { ...file, btf: buildStatic(file) };
}

/** Sections of BTF that are no sections of the file by their nature. */
const EXTERN: ReadonlySet<string> = new Set([".kconfig", ".ksyms"]);

/** BTF may speak of a section that the compiler did not write. */
function refuseLostSections({ btf }: ObjectFile, object: string): void {
  for (const type of btf?.types() ?? [])
    if (type.kind === "datasec" && type.size === 0 && !EXTERN.has(type.name))
      throw new ObjectError(
        "ENOENT",
        object,
        `sec '${type.name}': failed to determine size from ELF: size 0`,
        "clang has put its constants elsewhere: declare them `const volatile`, without `static`.",
      );
}
