/**
 * What `import skel from "./execsnoop.bpf.o"` is in a notebook: {@link types} for the type checker, {@link value} when it runs.
 * The kernel is told of this module and knows nothing of objects.
 */
import { BpfObject, type ObjectMachine, type OpenOptions } from "./bpf-object.ts";
import { objectName } from "./names.ts";
import { openFile } from "./open-file.ts";
import { skeletonTypes } from "./skeleton.ts";

/** The TypeScript that stands for an object file; throws `ElfError` and `ObjectError` for what is none. */
export const types = (bytes: Uint8Array, path: string): string => skeletonTypes(bytes, path);

/**
 * The class of an object file's objects: `open(machine)` gives one. Throws `ElfError` and `ObjectError` for what is none.
 *
 * @example const object = value(readFileSync(path), path).open(m).load().attach();
 */
export function value(bytes: Uint8Array, path: string): ObjectClass {
  const name = objectName(path) || "object";
  openFile(bytes, name); // a damaged file is an error of the import
  class Imported extends BpfObject {
    static open(machine: ObjectMachine, options: OpenOptions = {}): Imported {
      return new Imported(machine, bytes, { name, ...options });
    }
  }
  return Imported;
}

/** What an import of an object file gives. */
export interface ObjectClass {
  open(machine: ObjectMachine, options?: OpenOptions): BpfObject;
}
