import { type Assembled, assemble } from "../../asm/assemble.ts";
import { AsmError, formatDiagnostic } from "../../asm/diagnostics.ts";
import type { DeclaredMap } from "../../asm/directives.ts";
import { HELPER_NAMES, helperId } from "../../helpers/names.ts";
import { encode, SLOT_BYTES, toHex } from "../../isa/encode.ts";
import { MAP_TYPES } from "../../maps/spec.ts";
import { isHex, isObjectFile, textOf } from "../contents.ts";
import { readFlags } from "../flags.ts";
import { readInput } from "../input.ts";
import { print, writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";

/** Longer texts are refused: a million instructions, which is all that Linux takes, are shorter. */
const LONGEST = 32 * 2 ** 20;

/** Errors of one text that are shown. */
const MOST_ERRORS = 20;

/** `bpfbook asm FILE|-`: text to bytes. Exit code 1 where the text does not assemble. */
export async function asmCommand(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { out: "string", json: "boolean" });
  const file = onlyFile(words, "a file with assembler text");
  const bytes = await readInput(file);
  const text = bytes.length <= LONGEST ? textOf(bytes) : undefined;
  const refuse = (message: string, details: object = {}): number => {
    if (!flags.json) process.stderr.write(`bpfbook asm: ${message}\n`);
    else process.stdout.write(`${JSON.stringify({ ok: false, error: message.split("\n")[0], ...details })}\n`);
    return 1;
  };
  if (text === undefined || isHex(text)) return refuse(`${file}: ${reasonOf(bytes)}`);
  const maps: DeclaredMap[] = [];
  try {
    const assembled = assembleText(text, maps);
    if (assembled.insns.length === 0) return refuse(`${file}: there are no instructions in it`);
    const encoded = encode(assembled.insns);
    if (flags.out !== undefined) writeFile(flags.out, encoded);
    if (flags.json) await print(`${JSON.stringify(answer(assembled, encoded, maps))}\n`);
    else if (flags.out === undefined) await print(hexLines(encoded));
    return 0;
  } catch (error) {
    if (!(error instanceof AsmError)) throw error;
    return refuse(errorText(file, error), { diagnostics: error.diagnostics });
  }
}

/** The one file of a command that takes one. */
export function onlyFile(words: readonly string[], what: string): string {
  const [file, ...more] = words;
  if (file === undefined) throw new UsageError(`${what} is expected, or - for stdin`);
  if (more.length > 0) throw new UsageError(`one file is expected, got also '${more[0]}'`);
  return file;
}

function reasonOf(bytes: Uint8Array): string {
  if (isObjectFile(bytes)) return "this is an object file, no text";
  if (bytes.length > LONGEST) return `a text of ${bytes.length} bytes is too long: ${LONGEST} at most`;
  if (textOf(bytes) !== undefined) return "these are hexadecimal digits, no assembler text: disasm lists them";
  const hint = bytes.length % SLOT_BYTES === 0 ? "; if it is instructions, disasm lists them" : "";
  return `this is no text in UTF-8${hint}`;
}

/** Maps are those that the text declares, numbered as it first uses them. */
function assembleText(text: string, maps: DeclaredMap[]): Assembled {
  return assemble(text, {
    helper: helperId,
    helperNames: HELPER_NAMES,
    map: (_, declared) => {
      if (declared === undefined) return undefined;
      if (!maps.includes(declared)) maps.push(declared);
      return maps.indexOf(declared);
    },
    mapTypes: Object.keys(MAP_TYPES),
  });
}

/** What `batch` takes as `insns` and `maps`, and what else is known. */
function answer({ form, labels, lines }: Assembled, encoded: Uint8Array, maps: readonly DeclaredMap[]) {
  return {
    ok: true,
    form: form ?? "llvm",
    insns: toHex(encoded),
    maps: maps.map(({ name, type, keySize, valueSize, maxEntries, flags }) => ({
      ...{ name, type, key: keySize, value: valueSize, max: maxEntries },
      ...(flags === 0 ? {} : { flags }),
    })),
    labels: Object.fromEntries(labels),
    lines: lines.map(({ line }) => line),
  };
}

/** One slot a line. */
const hexLines = (bytes: Uint8Array): string => toHex(bytes).replaceAll(/.{16}/g, "$&\n");

function errorText(file: string, { diagnostics }: AsmError): string {
  const shown = diagnostics.slice(0, MOST_ERRORS).map((diagnostic) => `${file}:${formatDiagnostic(diagnostic)}`);
  const left = diagnostics.length - shown.length;
  return [...shown, ...(left > 0 ? [`(and ${left} more error${left === 1 ? "" : "s"})`] : [])].join("\n");
}
