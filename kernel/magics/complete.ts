import type { CompletionResult } from "../language/types.ts";
import { BUILTIN_MAGICS } from "./builtin.ts";
import { parseMagics } from "./parse.ts";

/**
 * The magics that go on with the `%` or `%%` before the cursor; undefined where none can stand.
 *
 * @param added names that libraries have registered, all of cell magics
 * @example completeMagic("%ti", 3, [])?.matches // [{ text: "%time", type: "magic", signature: "tells how long ..." }]
 */
export function completeMagic(code: string, cursor: number, added: readonly string[]): CompletionResult | undefined {
  const lineStart = code.lastIndexOf("\n", cursor - 1) + 1;
  const [, indent, typed] = /^(\s*)(%%?[\w-]*)$/.exec(code.slice(lineStart, cursor)) ?? [];
  if (indent === undefined || typed === undefined) return undefined;
  // Magics stand above all code.
  const above = parseMagics(code.slice(0, lineStart));
  if (above.cell || above.code.trim() !== "") return undefined;
  const builtin = Object.entries(BUILTIN_MAGICS).flatMap(([name, { usage, doc }]) =>
    ["%", "%%"]
      .filter((sign) => usage.split(", ").some((form) => form.split(" ")[0] === sign + name))
      .map((sign) => ({ text: sign + name, type: "magic", signature: doc })),
  );
  const others = added.map((name) => ({ text: `%%${name}`, type: "magic" }));
  const matches = [...builtin, ...others]
    .filter(({ text }) => text.startsWith(typed))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  return { matches, start: lineStart + indent.length, end: cursor };
}
