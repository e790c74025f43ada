import type { ContextField, ContextLayout, FieldKind, Width } from "./row.ts";

/** How a program touches its context: a load, a sign-extending load (ISA v4), or a store. */
export type AccessMode = "read" | "read_signed" | "write";

const isPointer = (kind: FieldKind): boolean => kind !== "scalar";

/** Whether an aligned access of `size` bytes at `within` the field has the width that it allows. */
function fits(field: ContextField, width: Width, within: number, size: number): boolean {
  const unit = field.unit ?? field.size;
  switch (width) {
    case "whole":
      return size === unit && within % unit === 0;
    case "narrow":
      return size <= unit;
    case "start":
      return size <= unit && within % unit === 0;
    case "halves":
      return size >= 2 && size <= unit;
    case "port":
      return size <= unit || (size === 4 && within === 0);
    case "wide":
      return within % unit === 0 && (size === unit || (size === 8 && within + size <= field.size));
    case "any":
      return within + size <= field.size;
  }
}

/**
 * The field that an access of `size` bytes (1, 2, 4, 8) at byte `offset` of a context reaches, or undefined where Linux says
 * "invalid bpf_context access off=O size=S". Pointers cannot be loaded sign-extending.
 *
 * @example contextAccess(PROGRAMS.xdp.context, 0, 4, "read")?.kind // "packet"
 */
export function contextAccess(
  layout: ContextLayout,
  offset: number,
  size: number,
  mode: AccessMode,
): ContextField | undefined {
  if (offset >= layout.size || offset % size !== 0) return undefined;
  for (const field of layout.fields) {
    const within = offset - field.offset;
    const width = mode === "write" ? field.write : field.read;
    if (within < 0 || within >= field.size || !width || !fits(field, width, within, size)) continue;
    return mode === "read_signed" && isPointer(field.kind) ? undefined : field;
  }
  return undefined;
}
