import { functionFlows } from "../../asm/flow/control-flow.ts";
import { flowDot } from "../../asm/flow/dot.ts";
import { formatXlated, hexBytes, type XlatedNames } from "../../asm/xlated.ts";
import { encode } from "../../isa/encode.ts";
import { slotsOf } from "../../isa/opcodes.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import { mapId } from "../../maps/inner-map.ts";
import { hexByte, type Json, object } from "../json.ts";
import { type LinuxXlated, linuxXlated } from "./linux-xlated.ts";
import { sourceOf } from "./source.ts";

/** What is listed beside the instructions. */
export interface ListingOptions {
  readonly opcodes: boolean;
  /** File, line and column behind each source line. */
  readonly linum: boolean;
}

/** A source line as bpftool shows it: without what indents it. */
const trimmed = (text: string): string => text.replace(/^\s+/, "");

/** The text of the instruction at a slot, with the machine's ids and the names of Linux's functions. */
function textOf(program: LinuxProgram, xlated: LinuxXlated): (slot: number) => string {
  const { functionAt } = sourceOf(program, xlated);
  const { maps } = program;
  const names: XlatedNames = {
    mapId: (index) => {
      const map = maps[index];
      return map === undefined ? undefined : mapId(map);
    },
    subprogName: functionAt,
  };
  return (slot) => {
    const called = xlated.calls.get(slot);
    if (called !== undefined) return `(85) call ${called}#${xlated.insns[slot]!.imm}`;
    return formatXlated(xlated.insns, slot, names);
  };
}

/** `prog dump xlated`, as text. */
export function listingText(program: LinuxProgram, release: string, { opcodes, linum }: ListingOptions): string {
  const xlated = linuxXlated(program, release);
  const { insns } = xlated;
  const source = sourceOf(program, xlated);
  const text = textOf(program, xlated);
  const lines: string[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot]!)) {
    const prototype = source.prototypeAt(slot);
    if (prototype !== undefined) lines.push(`${prototype}:`);
    const line = source.lineAt(slot);
    if (line !== undefined) {
      const place = linum ? ` [file:${line.file} line_num:${line.line} line_col:${line.column}]` : "";
      lines.push(`; ${trimmed(line.text)}${place}`);
    }
    lines.push(`${String(slot).padStart(4)}: ${text(slot)}`);
    if (opcodes) lines.push(`       ${hexBytes(insns.slice(slot, slot + slotsOf(insns[slot]!)))}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** The same for `-j`. */
export function listingJson(program: LinuxProgram, release: string, { opcodes, linum }: ListingOptions): Json {
  const xlated = linuxXlated(program, release);
  const { insns } = xlated;
  const source = sourceOf(program, xlated);
  const text = textOf(program, xlated);
  const rows: Json[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot]!)) {
    const insn = insns[slot]!;
    const line = source.lineAt(slot);
    const bytes = [...encode(insns.slice(slot, slot + slotsOf(insn)))].map(hexByte);
    rows.push(
      object(
        ["proto", source.prototypeAt(slot)],
        ["src", line && trimmed(line.text)],
        ["file", linum ? line?.file : undefined],
        ["line_num", linum ? line?.line : undefined],
        ["line_col", linum ? line?.column : undefined],
        ["disasm", text(slot)],
        [
          "opcodes",
          opcodes
            ? object(
                ["code", `0x${insn.code.toString(16).padStart(2, "0")}`],
                ["src_reg", `0x${insn.src.toString(16)}`],
                ["dst_reg", `0x${insn.dst.toString(16)}`],
                ["off", bytes.slice(2, 4)],
                ["imm", slotsOf(insn) === 2 ? [...bytes.slice(4, 8), ...bytes.slice(12, 16)] : bytes.slice(4, 8)],
              )
            : undefined,
        ],
      ),
    );
  }
  return rows;
}

/** `prog dump xlated … visual`: a graph for Graphviz. */
export function listingDot(program: LinuxProgram, release: string): string {
  const xlated = linuxXlated(program, release);
  const text = textOf(program, xlated);
  const { insns } = xlated;
  return flowDot(functionFlows(insns), (slot) => (insns[slot]!.code === 0 ? undefined : text(slot)));
}
