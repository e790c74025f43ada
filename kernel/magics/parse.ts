/** A line `%name arguments` at the top of a cell, or its first line `%%name arguments`. */
export interface Magic {
  readonly name: string;
  readonly args: string;
  /** 0-based line. */
  readonly line: number;
}

/** A cell taken apart. */
export interface MagicCell {
  /** `%%name`: the rest of the cell is its text, of any language. */
  readonly cell: (Magic & { readonly body: string }) | undefined;
  /** `%name` lines, in order. */
  readonly lines: readonly Magic[];
  /** The TypeScript of the cell: the same lines, with magics blanked, so that every position stays. */
  readonly code: string;
}

/** `%%time` is the one whose text is TypeScript. */
const OVER_CODE = new Set(["time"]);
const MAGIC = /^(%%?)([A-Za-z][\w-]*)(?:[ \t]+(.*?))?[ \t]*$/;

/**
 * Finds the magics of a cell: they stand at its top, before any code, so that `%` elsewhere is the remainder operator.
 *
 * @example parseMagics("%%bash\nls").cell?.body // "ls"
 */
export function parseMagics(text: string): MagicCell {
  if (!/^\s*%/.test(text)) return { cell: undefined, lines: [], code: text };
  const rows = text.split("\n");
  const lines: Magic[] = [];
  for (const [line, row] of rows.entries()) {
    if (row.trim() === "") continue;
    const [, sign, name, args = ""] = MAGIC.exec(row.trim()) ?? [];
    if (sign === undefined || name === undefined) break;
    if (sign === "%%" && !OVER_CODE.has(name)) {
      const body = rows.slice(line + 1).join("\n");
      return { cell: { name, args, line, body }, lines, code: text.replaceAll(/[^\n]/g, " ") };
    }
    lines.push({ name, args, line });
    rows[line] =
      sign === "%" && OVER_CODE.has(name)
        ? blank(row, row.length - row.trimStart().length + 1 + name.length)
        : blank(row, row.length);
  }
  return { cell: undefined, lines, code: rows.join("\n") };
}

/** The first `count` characters as spaces. */
function blank(row: string, count: number): string {
  return " ".repeat(count) + row.slice(count);
}
