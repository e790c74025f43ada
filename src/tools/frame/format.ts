/** What a cell of a line is made from. */
export type Cell = string | number | bigint;

const SPEC = /%([-0+ ]*)(\d+)?(?:\.(\d+))?([sdxof%])/g;

/**
 * Formats as Python's `%` does, which is what bcc's tools print with: `%-16s`, `%6d`, `%-11.6f`, `%-12.12s`, `%x`, `%08o`.
 *
 * @example
 * format("%-6d %-16s", [7, "bash"]) // "7      bash            "
 */
export function format(text: string, values: readonly Cell[]): string {
  let next = 0;
  return text.replace(
    SPEC,
    (_, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
      if (kind === "%") return "%";
      const value = values[next++] ?? "";
      const body = one(kind, value, precision === undefined ? undefined : Number(precision));
      const size = Number(width ?? 0);
      if (flags.includes("-")) return body.padEnd(size);
      return body.padStart(size, flags.includes("0") ? "0" : " ");
    },
  );
}

function one(kind: string, value: Cell, precision: number | undefined): string {
  switch (kind) {
    case "d":
      return typeof value === "number" ? String(Math.trunc(value)) : String(value);
    case "x":
      return value.toString(16);
    case "o":
      return typeof value === "string" ? value : value.toString(8);
    case "f":
      return Number(value).toFixed(precision ?? 6);
    default:
      return precision === undefined ? String(value) : String(value).slice(0, precision);
  }
}
