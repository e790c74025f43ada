import { ArgumentError } from "../isa/argument.ts";

/** C that the `c` tag has read. */
export interface CSource {
  readonly language: "c";
  readonly text: string;
}

/**
 * C source, read raw: `\n` in a string of C stays what it is. `m.compile` takes it.
 *
 * @example
 * const object = await m.compile(c`
 *   #include "vmlinux.h"
 *   #include <bpf/bpf_helpers.h>
 *   SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }
 * `);
 */
export function c(template: TemplateStringsArray, ...values: readonly (string | number | bigint)[]): CSource {
  if (!Array.isArray(template?.raw)) throw new ArgumentError("text", "C between backticks, as in c`...`", template);
  const [first, ...rest] = template.raw;
  const text = rest.reduce((all, piece, index) => all + String(values[index]) + piece, first!);
  return { language: "c", text };
}
