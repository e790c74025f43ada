/** Global variables of an object, as properties with the types of C. */
import type { ObjectData, ObjectFile, ObjectVariable } from "../../elf/object.ts";
import { type Codec, CodecError } from "../../maps/codec.ts";
import { type BpfValue, codecOf } from "./btf-codec.ts";
import { ObjectError } from "./error.ts";

/** Where the variables of a section are now: in the object's own copy, or in the machine's memory. */
export interface DataPlace {
  readonly view: DataView;
  /** Where the section starts in it. */
  readonly at: number;
  /** Nothing can change it any more. */
  readonly frozen: boolean;
}

/** The variables of one section by name: read and written as properties. */
export type Variables = { [name: string]: BpfValue };

/**
 * The variables of a section. Values that are read are copies: to change a field of a struct, write the whole struct.
 *
 * @example
 * const rodata = variablesOf(file, section, "execsnoop", () => place);
 * rodata.target_pid = 42;
 */
export function variablesOf(
  file: ObjectFile,
  section: Pick<ObjectData, "name" | "variables">,
  object: string,
  place: () => DataPlace,
): Variables {
  const variables: Variables = Object.create(null) as Variables;
  for (const variable of section.variables) {
    const { name, type } = variable;
    const codec = file.btf === undefined || type === 0 ? undefined : codecOf(file.btf, type);
    // Two static variables of one name: the first one counts. Without BTF nothing says how to read.
    if (codec === undefined || codec.size === 0 || Object.hasOwn(variables, name)) continue;
    Object.defineProperty(variables, name, {
      enumerable: true,
      // Where it lies is asked for after the place is known: settings of Linux are laid out late.
      get: () => deepFreeze(readAt(codec, place(), variable)),
      set: (value: BpfValue) => writeAt(codec, place(), variable, value, { object, name, section: section.name }),
    });
  }
  return Object.preventExtensions(variables);
}

const readAt = (codec: Codec<BpfValue>, { view, at }: DataPlace, { offset }: ObjectVariable): BpfValue =>
  codec.read(view, at + offset);

function writeAt(
  codec: Codec<BpfValue>,
  { view, at, frozen }: DataPlace,
  { offset }: ObjectVariable,
  value: BpfValue,
  { object, name, section }: { readonly object: string; readonly name: string; readonly section: string },
): void {
  if (frozen)
    throw new ObjectError(
      "EPERM",
      object,
      `variable '${name}' of ${section} is read-only since the object was loaded`,
      "Set it between open and load: the verifier relies on its value.",
    );
  // In a copy first, so that a value which does not fit changes nothing.
  const copy = new Uint8Array(codec.size);
  try {
    codec.write(new DataView(copy.buffer), 0, value, name);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new ObjectError("EINVAL", object, cause.message, `It is ${codec.name} in C.`, cause);
  }
  new Uint8Array(view.buffer, view.byteOffset + at + offset, codec.size).set(copy);
}

/** A write to a part of a copy would be lost: this way it is a TypeError. */
function deepFreeze(value: BpfValue): BpfValue {
  if (typeof value !== "object" || value instanceof Uint8Array) return value;
  for (const part of Object.values(value)) deepFreeze(part as BpfValue);
  return Object.freeze(value);
}
