import type { ProgramSpec } from "./spec.ts";

/**
 * The program whose rules a program follows, in its context, its helpers and what it may return: itself, or, of an extension, the
 * program that it is for.
 *
 * @example ruledBy({ ...spec, type: "ext", attachProgram: xdp }).type // "xdp"
 */
export const ruledBy = (spec: ProgramSpec): ProgramSpec => (spec.type === "ext" ? (spec.attachProgram ?? spec) : spec);
