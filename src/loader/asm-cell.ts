import { ArgumentError } from "../isa/argument.ts";
import type { MagicCell } from "./clang/c-cell.ts";

const USAGE = "%%asm NAME [TYPE], such as %%asm pass xdp";

/**
 * `%%asm NAME [TYPE]`: the cell's text is assembly. The cells after it have the program under its name, as from `asm`.
 *
 * @example runAsmCell("pass xdp", "r0 = 2\nexit", cell)
 */
export function runAsmCell(args: string, body: string, cell: MagicCell): void {
  const [name = "", type = "socket_filter", ...rest] = args.split(/\s+/).filter((word) => word !== "");
  if (!/^[A-Za-z_]\w*$/.test(name) || !/^\w+$/.test(type) || rest.length > 0)
    throw new ArgumentError("%%asm", "a name, by which the next cells use the program, and its type", args, USAGE);
  // Empty lines in front make the lines of errors the cell's own.
  const text = "\n".repeat(cell.line + 1) + body.replace(/[`\\]|\$\{/g, "\\$&");
  cell.become(
    `import { asm as __asm } from "bpfbook";\nconst ${name} = __asm({ type: "${type}", name: "${name}" })\`${text}\`;\n${name}`,
  );
}
