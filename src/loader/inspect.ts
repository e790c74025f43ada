/** What a program is made of, for looking at: its control flow, and its bytes field by field. */
import { byteTableText, type SlotFields, byteTable as tableOf } from "../asm/byte-table.ts";
import { type FunctionFlow, functionFlows } from "../asm/flow/control-flow.ts";
import { flowDot } from "../asm/flow/dot.ts";
import { flowText } from "../asm/flow/flow-text.ts";
import { formatXlated } from "../asm/xlated.ts";
import { helperName } from "../helpers/names.ts";
import { requireInstructions } from "../isa/argument.ts";
import { LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Trace } from "../linux/bpf/debug-run.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { ProgramSpec } from "../programs/spec.ts";

/** A program, or only its instructions. */
export type Inspectable = Pick<ProgramSpec, "insns"> & Partial<Pick<ProgramSpec, "maps">>;

/** What to draw into a control-flow graph. */
export interface FlowOptions {
  /** Traces of the same program. */
  readonly runs?: readonly Trace[];
}

/** The control-flow graph of a program; shows itself as a drawing. */
export class ControlFlow implements Displayable {
  /** The program itself and its subprograms, in their order. */
  readonly functions: readonly FunctionFlow[];
  /** Runs whose path is drawn in, with how often each block and edge was taken. */
  readonly runs: readonly Trace[];
  readonly #program: Inspectable;
  readonly #seconds: ReadonlySet<number>;

  constructor(program: Inspectable, { runs = [] }: FlowOptions = {}) {
    this.#program = program;
    this.runs = runs;
    this.functions = functionFlows(program.insns);
    this.#seconds = secondSlots(program.insns);
  }

  /** The instruction at a slot in bpftool's words, undefined in the second half of `ld_imm64`. */
  textOf = (slot: number): string | undefined => {
    const code = this.codedTextOf(slot);
    return code?.replace(/^\([0-9a-f]{2}\) /, "");
  };

  /** The same with the opcode in front: `(b7) r0 = 1`. */
  codedTextOf = (slot: number): string | undefined => {
    if (this.#seconds.has(slot)) return undefined;
    const { insns, maps } = this.#program;
    const text = formatXlated(insns, slot, { helperName });
    const map = maps?.[insns[slot].imm];
    return map && insns[slot].code === LD_IMM64_CODE ? text.replace(/map\[id:\d+\]/, () => `map[${map.name}]`) : text;
  };

  /** Boxes and arrows for a terminal. */
  toText(): string {
    return flowText(this.functions, this.textOf);
  }

  /** Graphviz, in the form of `bpftool prog dump xlated ... visual`. */
  toDot(): string {
    return flowDot(this.functions, this.codedTextOf);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("control-flow", this);
  }
}

/** Slots that are the second half of an instruction. */
function secondSlots(insns: readonly Instruction[]): Set<number> {
  const seconds = new Set<number>();
  for (let slot = 0; slot < insns.length; slot++) if (insns[slot].code === LD_IMM64_CODE) seconds.add(++slot);
  return seconds;
}

/**
 * The control-flow graph of a program: blocks, edges, loops, dominators.
 *
 * @example
 * controlFlow(program); // shows the drawing
 * controlFlow(program, { runs: [m.load(program).trace(packet.udp())] }); // blocks coloured by how often the run went through
 * controlFlow(program).functions[0].loops.length; // 1
 */
export function controlFlow(program: Inspectable, options: FlowOptions = {}): ControlFlow {
  requireInstructions("program.insns", program?.insns);
  return new ControlFlow(program, options);
}

/** The bytes of a program with each field named; shows itself as a table. */
export class ByteTable implements Displayable {
  /** One row a slot. */
  readonly rows: readonly SlotFields[];

  constructor(rows: readonly SlotFields[]) {
    this.rows = rows;
  }

  /** Columns aligned by blanks, one line a slot. */
  toText(): string {
    return byteTableText(this.rows);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("byte-table", this);
  }
}

/**
 * What each byte of a program means: opcode with class, operation and source, registers, offset, immediate.
 *
 * @example
 * byteTable(program).rows[0].class; // "ALU64"
 */
export function byteTable(program: Inspectable): ByteTable {
  requireInstructions("program.insns", program?.insns);
  const { insns, maps } = program;
  const prefixed = (id: number) => helperName(id) && `bpf_${helperName(id)}`;
  return new ByteTable(tableOf(insns, { helperName: prefixed, mapName: (map) => maps?.[map]?.name }));
}
