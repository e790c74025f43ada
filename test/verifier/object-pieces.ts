/** Pieces that the cases about objects share: a program, a lookup, an object that is made, a row. */
import type { TypedText } from "./typed-programs.ts";

export const RETURN = "r0 = 0\n exit";

/** Lines, and an end for whoever finds nothing. */
export const program = (...lines: string[]): string => `${lines.join("\n")}\nnone:\n${RETURN}`;

/** The element 0 of a map, in a register. */
export const lookup = (map: string, register = 6): string => `
  *(u32 *)(r10 - 4) = 0\n r1 = map[${map}]\n r2 = r10\n r2 += -4\n call map_lookup_elem
  if r0 == 0 goto none\n r${register} = r0`;

/** A new object of a type of the program's, in a register. */
export const make = (type: string, register = 7): string =>
  `r1 = local[${type}]\n r2 = 0\n call bpf_obj_new_impl\n if r0 == 0 goto none\n r${register} = r0`;

/** A case: accepted, or refused with a message and an errno. */
export const one = (
  name: string,
  text: string,
  error?: string,
  errno = "EINVAL",
  more: Partial<TypedText> = {},
): TypedText => ({
  name,
  text,
  type: "sched_cls",
  objects: true,
  ...(error === undefined ? {} : { error, errno }),
  ...more,
});
