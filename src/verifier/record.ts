/** The path to the current instruction, remembered step by step for explanations. Paths share their beginnings. */
import { REGISTER_COUNT } from "../isa/constants.ts";
import { formatRegister, formatSlot, type Known } from "./format-state.ts";
import { REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { type Frame, slotAt } from "./state.ts";

/** One instruction that was followed, and what was known of the registers it touched after it. */
export interface PathStep {
  readonly insn: number;
  /** 0 in the main function. */
  readonly frame: number;
  /** Name (`R3`, `fp-8`) to value in Linux's spelling, for what changed. */
  readonly changed: ReadonlyMap<string, string>;
}

/** A register as the log spells it; `?` for one that holds nothing, which the log leaves out. */
function registerText({ words, index }: Frame, register: number, known: Known): string {
  const r = register * REGISTER_WORDS;
  return words[r + TYPE] === TYPES.NOT_INIT ? "?" : formatRegister(words, r, index, known);
}

/** The type of each register, then of what each stack slot holds. */
const typesIn = ({ words, slots }: Frame): number[] => [
  ...Array.from({ length: REGISTER_COUNT }, (_, register) => words[register * REGISTER_WORDS + TYPE]),
  ...Array.from({ length: slots }, (_, slot) => words[slotAt(slot) + TYPE]),
];

interface Node {
  readonly step: PathStep;
  readonly before: Node | undefined;
}

/** Steps beyond this many are not recorded: nobody reads so long a story, and memory stays bounded. */
const MAX_STEPS = 50_000;

export class Recorder {
  last: Node | undefined;
  #steps = 0;
  /** Before a call: the types of the frame's registers and slots. */
  #types: readonly number[] = [];

  /** A function is followed that is verified on its own: no path leads to it. */
  begin(): void {
    this.last = undefined;
  }

  /** A call may take away what registers that it does not touch point to: what it changes is recorded, too. */
  beginCall(frame: Frame): void {
    this.#types = typesIn(frame);
  }

  add(insn: number, frame: Frame, known: Known, registers: number, slots: Int32Array): void {
    if (this.#steps++ >= MAX_STEPS) return;
    const changed = new Map<string, string>();
    const types = this.#types.length > 0 ? typesIn(frame) : [];
    const isLost = (place: number): boolean => types.length > 0 && this.#types[place] !== types[place];
    for (let register = 0; register < 10; register++)
      if ((registers >>> register) & 1 || isLost(register))
        changed.set(`R${register}`, registerText(frame, register, known));
    for (let slot = 0; slot < frame.slots; slot++)
      if ((slots[slot >> 5] >>> (slot & 31)) & 1 || isLost(REGISTER_COUNT + slot)) {
        const text = formatSlot(frame.words, slotAt(slot), frame.index, known);
        if (text !== undefined) changed.set(`fp-${8 * (slot + 1)}`, text);
      }
    this.#types = [];
    this.last = { step: { insn, frame: frame.index, changed }, before: this.last };
  }

  /** Something was followed that is not recorded. */
  get cut(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** From the first instruction to the last. */
  path(): PathStep[] {
    const steps: PathStep[] = [];
    for (let node = this.last; node; node = node.before) steps.push(node.step);
    return steps.reverse();
  }
}
