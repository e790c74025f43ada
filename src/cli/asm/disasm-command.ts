import { assemble } from "../../asm/assemble.ts";
import { byteTable, byteTableText } from "../../asm/byte-table.ts";
import { AsmError } from "../../asm/diagnostics.ts";
import { disassemble, formatInstruction } from "../../asm/disassemble.ts";
import { objdumpListing } from "../../asm/objdump.ts";
import { xlatedListing } from "../../asm/xlated.ts";
import { ElfError } from "../../elf/error.ts";
import { HELPER_NAMES, helperId, helperName } from "../../helpers/names.ts";
import { DecodeError, decode, fromHex } from "../../isa/encode.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { slotsOf } from "../../isa/opcodes.ts";
import { ControlFlow } from "../../loader/inspect.ts";
import { flowSvg, MOST_BLOCKS } from "../../views/flow/svg.ts";
import { isHex, isObjectFile, textOf, withoutComments } from "../contents.ts";
import { oneOf, readFlags } from "../flags.ts";
import { readInput } from "../input.ts";
import { print, writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";
import { onlyFile } from "./asm-command.ts";
import { headingOf, type Listed, readObject, withKfuncs } from "./object-listing.ts";

const FORMS = ["llvm", "mnemonic", "log", "xlated", "objdump", "table"] as const;
type Form = (typeof FORMS)[number];
const DRAWINGS = ["text", "dot", "svg"] as const;
type Drawing = (typeof DRAWINGS)[number];

/** Slots that are listed: sixteen times what Linux takes. */
const MOST_SLOTS = 2 ** 24;

/** Bytes that are no instructions, or that cannot be shown as asked. */
class DisasmError extends Error {
  readonly code = "DISASM";
}

/** `bpfbook disasm FILE|-`: bytes or hexadecimal digits to text. Exit code 1 where they are no instructions. */
export async function disasmCommand(args: readonly string[]): Promise<number> {
  const kinds = {
    form: "string",
    cfg: "string",
    program: "string",
    opcodes: "boolean",
    out: "string",
    json: "boolean",
  } as const;
  const { flags, words } = readFlags(args, kinds);
  const file = onlyFile(words, "a file with instructions");
  const form = oneOf("form", flags.form, FORMS) ?? "llvm";
  const cfg = oneOf("cfg", flags.cfg, DRAWINGS);
  if (cfg !== undefined && flags.form !== undefined) throw new UsageError("--form and --cfg exclude each other");
  if (flags.opcodes && (cfg !== undefined || form !== "xlated")) throw new UsageError("--opcodes needs --form xlated");
  const bytes = await readInput(file);
  try {
    const isObject = isObjectFile(bytes);
    if (flags.program !== undefined && !isObject) throw new DisasmError("--program chooses from an object file");
    const functions = isObject
      ? readObject(bytes, flags.program)
      : [{ insns: readInstructions(bytes, cfg !== undefined) }];
    if (cfg !== undefined && cfg !== "text") requireOne(functions, cfg);
    const text = functions
      .map((listed) => {
        const each = form === "objdump" ? listed : withKfuncs(listed);
        const drawn = cfg === undefined ? undefined : new ControlFlow(each);
        if (flags.json) {
          const rows =
            drawn?.functions ?? byteTable(each.insns, { form: form === "mnemonic" ? form : "llvm", ...NAMES });
          return jsonLines(rows, each);
        }
        const body = drawn ? draw(drawn, cfg!) : list(each, form, flags.opcodes ?? false);
        return (cfg === undefined || cfg === "text" ? headingOf(listed, functions, form) : "") + body;
      })
      .join("");
    if (flags.out === undefined) await print(text);
    else writeFile(flags.out, text);
    return 0;
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof DisasmError || error instanceof ElfError)) throw error;
    if (!flags.json) process.stderr.write(`bpfbook disasm: ${file}: ${error.message}\n`);
    else process.stdout.write(`${JSON.stringify({ ok: false, error: error.message })}\n`);
    return 1;
  }
}

const NAMES = { helperName: (id: number) => helperName(id) && `bpf_${helperName(id)}` };

/** `draws`: assembler text is taken too, for it says as well as bytes where a program goes. */
function readInstructions(bytes: Uint8Array, draws: boolean): readonly Instruction[] {
  const text = textOf(bytes);
  if (draws && text !== undefined && !isHex(text) && isProse(text) && text.trim() !== "") return assembled(text);
  if (text?.trim() === "") throw new DisasmError("there are no instructions in it");
  if (text !== undefined && bytes.length > 0 && !isHex(text) && isProse(text)) {
    throw new DisasmError(`this is text, but ${notHex(text)} is no hexadecimal digit; asm takes assembler text`);
  }
  const insns = decode(text !== undefined && isHex(text) ? fromHex(withoutComments(text)) : bytes);
  if (insns.length > MOST_SLOTS)
    throw new DisasmError(`${insns.length} instructions are too many: ${MOST_SLOTS} at most`);
  return insns;
}

/** Which maps a text means does not matter to a drawing. */
function assembled(text: string): readonly Instruction[] {
  try {
    return assemble(text, { helper: helperId, helperNames: HELPER_NAMES, map: () => 0 }).insns;
  } catch (error) {
    if (!(error instanceof AsmError)) throw error;
    throw new DisasmError(`\n${error.message}`);
  }
}

/** The first character that is no digit, and where: `"g" (2:7)`. */
function notHex(text: string): string {
  const lines = withoutComments(text).split("\n");
  const line = lines.findIndex((digits) => /[^\s0-9a-fA-F]/.test(digits));
  if (line < 0) return JSON.stringify(text.trim().slice(0, 20));
  const column = lines[line].search(/[^\s0-9a-fA-F]/);
  return `${JSON.stringify([...lines[line].slice(column)][0])} (${line + 1}:${column + 1})`;
}

/** Instructions are hardly ever all printable; text is. */
const isProse = (text: string): boolean => !/[^\t\n\r\x20-\x7e\u00a0-\uffff]/.test(text);

/** Functions of an object file as drawings of one function each. */
function requireOne(functions: readonly Listed[], cfg: Drawing): void {
  if (functions.length === 1) return;
  const names = functions.map(({ place }) => place?.name).join(", ");
  throw new DisasmError(`--cfg ${cfg} draws one program: choose it with --program (${names})`);
}

function list({ insns, place, note }: Listed, form: Form, opcodes: boolean): string {
  switch (form) {
    case "llvm":
    case "mnemonic":
      return disassemble(insns, { form, note, ...NAMES });
    case "log":
      return logLines(insns);
    case "xlated":
      return xlatedListing(insns, { opcodes, ...NAMES });
    case "objdump":
      return objdumpListing(insns, { ...place, note, ...NAMES });
    case "table":
      return byteTableText(byteTable(insns, NAMES));
  }
}

/** As the verifier's log begins each line: `3: (95) exit`. */
function logLines(insns: readonly Instruction[]): string {
  const lines: string[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot])) {
    lines.push(`${slot}: ${formatInstruction(insns, slot, NAMES)}\n`);
  }
  return lines.join("");
}

function draw(flow: ControlFlow, drawing: Drawing): string {
  switch (drawing) {
    case "text":
      return flow.toText();
    case "dot":
      return flow.toDot();
    case "svg": {
      const svg = flowSvg(flow.functions, flow.textOf);
      if (svg === undefined)
        throw new DisasmError(`more than ${MOST_BLOCKS} blocks cannot be drawn to be read; --cfg text and dot can`);
      return `${svg}\n`;
    }
  }
}

/** A line a row; of an object file each names its function. */
const jsonLines = (rows: readonly object[], { place }: Listed): string => {
  const of = place && { section: place.section, function: place.name };
  return rows.map((row) => `${JSON.stringify({ ...of, ...row })}\n`).join("");
};
