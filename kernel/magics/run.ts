import { BUILTIN_MAGICS, listNames, type MagicHost, timeText } from "./builtin.ts";
import { parseMagics } from "./parse.ts";
import { registeredMagics } from "./registry.ts";

/** Name of the function by which a cell's script runs its magics. */
export const MAGIC_FUNCTION = "__magic__";

/** A magic that there is not. */
export class UnknownMagicError extends Error {
  override readonly name = "UnknownMagicError";
  readonly code = "unknown-magic";
}

/**
 * The TypeScript that a cell with magics becomes, line by line: each magic is a call of {@link MAGIC_FUNCTION} where it stood.
 *
 * @param names that cells have declared, for `%who`
 * @example magicScript("%%html\n<b>1</b>", []) // 'await __magic__("html","","<b>1</b>",0)'
 */
export function magicScript(text: string, names: readonly string[]): string {
  const { cell, lines, code } = parseMagics(text);
  if (cell === undefined && lines.length === 0) return text;
  const rows = cell ? Array.from({ length: cell.line + 1 }, () => "") : code.split("\n");
  for (const { name, args, line } of lines) {
    if (name === "time" && args !== "") rows[line] = `await ${MAGIC_FUNCTION}("time", "", async () => (${args}));`;
    else if (name === "who")
      rows[line] = `await ${MAGIC_FUNCTION}("who", "", { ${names.map((each) => `${each}: () => ${each}`)} });`;
    else rows[line] = `await ${call(name, args, "")};`;
  }
  if (cell) rows[cell.line] = `await ${call(cell.name, cell.args, cell.body, cell.line)}`;
  return rows.join("\n");
}

function call(...parts: readonly (string | number)[]): string {
  return `${MAGIC_FUNCTION}(${parts.map((part) => JSON.stringify(part)).join(",")})`;
}

/**
 * Makes the function that runs magics. A name that neither the kernel nor a library knows makes it load the kernel's libraries
 * first, which may bring it.
 */
export function createMagic(host: MagicHost, loadLibraries: () => Promise<void>) {
  return async (name: string, args: string, body: MagicBody, line = 0): Promise<unknown> => {
    if (typeof body === "function") return timed(body);
    if (typeof body === "object") return listNames(body);
    if (name === "lsmagic") {
      await loadLibraries();
      return listMagics();
    }
    if (Object.hasOwn(BUILTIN_MAGICS, name)) return BUILTIN_MAGICS[name]!.run(host, args, body);
    if (!registeredMagics().has(name)) await loadLibraries();
    const magic = registeredMagics().get(name);
    if (magic) return magic.run(args, body, { line, become: (code) => host.become(code) });
    const known = [...Object.keys(BUILTIN_MAGICS), ...registeredMagics().keys()];
    throw new UnknownMagicError(`there is no magic "${name}"; there are ${known.join(", ")}`);
  };
}

/** The text of a cell magic, or what `%time` and `%who` look at. */
type MagicBody = string | (() => Promise<unknown>) | Readonly<Record<string, () => unknown>>;

async function timed(expression: () => Promise<unknown>): Promise<unknown> {
  const start = performance.now();
  const value = await expression();
  console.log(timeText(performance.now() - start));
  return value;
}

function listMagics(): void {
  const own = Object.values(BUILTIN_MAGICS).map(({ usage, doc }) => [usage, doc] as const);
  const added = [...registeredMagics()].map(([name, { doc }]) => [`%%${name}`, doc] as const);
  for (const [usage, doc] of [...own, ...added]) console.log(`${usage.padEnd(26)}${doc}`);
}
