/** How a register came to hold what it holds: the recorded path, walked back along the flow of data. */
import { helperById } from "../helpers/table.ts";
import { ALU, CALL, CLASS, CLASS_MASK, MODE, MODE_MASK, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { plural } from "../plot/format.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import { lostInFunction, passArguments, valueThroughout } from "./call-flow.ts";
import { calleeName } from "./callee-name.ts";
import { conditionInWords, wasTaken } from "./comparison-words.ts";
import { stateAtEnd } from "./path-state.ts";
import type { PathStep } from "./record.ts";
import { aluInWords } from "./step-words.ts";
import { CALL_CODE, EXIT_CODE, isConditional, isSubprogramCall } from "./structure.ts";
import type { Verdict } from "./verdict.ts";

/** One link of the chain. */
export interface HistoryStep {
  /** Instruction. */
  readonly at: number;
  /** `R0` to `R9`, or `fp-8` for a stack slot. */
  readonly register: string;
  /** What the register held after it, in Linux's spelling. */
  readonly value: string;
  /** What happened there, in a sentence. */
  readonly learned: string;
  readonly line?: SourceLine;
  /** A call took away what the register pointed to. */
  readonly lost?: true;
  /** Which call, by the name of what it calls. */
  readonly by?: string;
  /** How often it happened on the path, where that was more than once: `value` is that of the last time. */
  readonly rounds?: number;
  /** It happened more often, but the rest of the path is not recorded: `value` is one of those on the way. */
  readonly more?: boolean;
}

/** Links beyond this many are left out: the nearest tell most. */
const MAX_STEPS = 12;

const MEMORY: Readonly<Record<string, string>> = {
  ctx: "the context",
  stack: "the stack",
  packet: "the packet",
  map_value: "the map's value",
  mem: "memory",
};

/** The chain for some registers at the end of the recorded path, oldest first. */
export function traceBack(program: ProgramSpec, verdict: Verdict, registers: readonly number[]): HistoryStep[] {
  const { path = [] } = verdict;
  const steps: HistoryStep[] = [];
  const packets = packetPointers(verdict, registers);
  let frame = frameAtEnd(program, verdict);
  /** What is asked for, by frame: callers wait while a function is followed. */
  const asked: Set<string>[] = [];
  const wantedIn = (index: number): Set<string> => (asked[index] ??= new Set());
  for (const register of registers) wantedIn(frame).add(`R${register}`);
  const end = verdict.at !== undefined && path.at(-1)?.insn !== verdict.at ? verdict.at : undefined;
  const tell = (found: HistoryStep): void => {
    // A loop tells the same again in each round: the last one is kept, and counts.
    const later = steps.findIndex(({ at, register }) => found.at === at && found.register === register);
    if (later < 0) steps.push({ ...found, line: program.lines?.[found.at] });
    else
      steps[later] = {
        ...steps[later],
        rounds: (steps[later].rounds ?? 1) + 1,
        ...(verdict.pathCut ? { more: true } : {}),
      };
  };
  for (let k = path.length - 1; k >= 0 && asked.some((set) => set?.size > 0) && steps.length < MAX_STEPS; k--) {
    const step = path[k];
    const insn = program.insns[step.insn];
    if (step.frame > frame) {
      // Inside a function that has returned: only its result is of interest.
      if (insn.code !== EXIT_CODE || step.frame !== frame + 1 || !wantedIn(frame).delete("R0")) continue;
      frame = step.frame;
      asked[frame] = new Set(["R0"]);
      continue;
    }
    if (step.frame < frame) {
      const inner = wantedIn(frame);
      asked.length = frame;
      frame = step.frame;
      for (const found of passArguments(program, verdict, step.insn, inner, wantedIn(frame))) tell(found);
      continue;
    }
    const wanted = wantedIn(frame);
    const next = path[k + 1]?.insn ?? end;
    const found =
      packetCheck(step, insn, next, packets) ??
      (isSubprogramCall(insn)
        ? lostInFunction(program, verdict, k, wanted)
        : follow(program, verdict, step, insn, next, wanted));
    if (found !== undefined) tell(found);
  }
  const first = path[0]?.insn ?? verdict.at ?? 0;
  if (first > 0 && frame === 0) {
    // A global function is followed on its own: its parameters come from no call.
    for (const register of wantedIn(0)) if (/^R[1-5]$/.test(register)) tell(parameter(verdict, first, register));
  }
  return steps.reverse();
}

/** The frame of the refused instruction: a step behind a call or a return it is not that of the last step. */
function frameAtEnd({ insns }: ProgramSpec, { path = [], at }: Verdict): number {
  const last = path.at(-1);
  if (last === undefined || last.insn === at) return last?.frame ?? 0;
  if (insns[last.insn].code === EXIT_CODE) return Math.max(0, last.frame - 1);
  return last.frame + (isSubprogramCall(insns[last.insn]) ? 1 : 0);
}

/** A parameter of a function that is verified on its own. */
function parameter(verdict: Verdict, at: number, register: string): HistoryStep {
  const learned = `${register.replace("R", "r")} is a parameter of the function that begins here, which is verified on its own, for all callers`;
  return { at, register, value: valueThroughout(verdict, register), learned };
}

/** By the packet pointer that they were computed from: registers, and what they hold at the end. */
type PacketPointers = Map<string, { readonly name: string; readonly value: string }>;

const idOf = (value: string): string => /\bid=(\d+)/.exec(value)?.[1] ?? "";

/** Those of the registers that are packet pointers. */
function packetPointers(verdict: Verdict, registers: readonly number[]): PacketPointers {
  const state = stateAtEnd(verdict);
  const values = registers.map((register) => [`R${register}`, state.get(`R${register}`) ?? ""] as const);
  return new Map(values.flatMap(([name, value]) => (value.startsWith("pkt(") ? [[idOf(value), { name, value }]] : [])));
}

/** The comparison with the packet's end that tells how many bytes behind a pointer are there; the last one counts. */
function packetCheck(
  { insn: at, changed }: PathStep,
  insn: Instruction,
  next: number | undefined,
  packets: PacketPointers,
): HistoryStep | undefined {
  if (packets.size === 0 || !isConditional(insn)) return undefined;
  const [dst, src] = [changed.get(`R${insn.dst}`) ?? "", changed.get(`R${insn.src}`) ?? ""];
  const compared = src.startsWith("pkt_end") ? dst : dst.startsWith("pkt_end") ? src : "";
  const bytes = /\br=(\d+)/.exec(compared)?.[1];
  const pointer = packets.get(idOf(compared));
  if (bytes === undefined || bytes === "0" || pointer === undefined) return undefined;
  packets.delete(idOf(compared));
  const there = bytes === "1" ? "1 byte is there" : `${plural(Number(bytes), "byte")} are there`;
  const learned = `${branchInWords(insn, at, next)}, the packet's end: ${there}`;
  return { at, register: pointer.name, value: pointer.value, learned };
}

/** What one instruction says about what is wanted, and what is wanted before it. */
function follow(
  program: ProgramSpec,
  verdict: Verdict,
  step: PathStep,
  insn: Instruction,
  next: number | undefined,
  wanted: Set<string>,
): HistoryStep | undefined {
  const dst = `R${insn.dst}`;
  const src = `R${insn.src}`;
  const at = step.insn;
  const told = (register: string, learned: string): HistoryStep => ({
    at,
    register,
    value: step.changed.get(register) ?? "?",
    learned,
  });
  const name = (register: string): string => register.replace("R", "r");

  switch (insn.code & CLASS_MASK) {
    case CLASS.ALU:
    case CLASS.ALU64: {
      if (!wanted.has(dst)) return undefined;
      const withRegister = (insn.code & SOURCE_MASK) === SOURCE.X;
      if ((insn.code & OP_MASK) === ALU.MOV) {
        wanted.delete(dst);
        if (withRegister && insn.src !== 10) wanted.add(src);
      } else if (withRegister && insn.src !== 10) wanted.add(src);
      return told(dst, aluInWords(insn));
    }
    case CLASS.LD: {
      if ((insn.code & MODE_MASK) !== MODE.IMM || !wanted.delete(dst)) return undefined;
      const map = insn.src === 0 ? undefined : program.maps[insn.imm]?.name;
      return told(dst, map === undefined ? `${name(dst)} is set to a constant` : `${name(dst)} is map ${map}`);
    }
    case CLASS.LDX: {
      if (!wanted.delete(dst)) return undefined;
      const place = MEMORY[verdict.facts[at]?.pointer ?? "mem"];
      if (verdict.facts[at]?.pointer === "stack" && insn.src === 10)
        wanted.add(`fp${-8 * Math.ceil(-insn.offset / 8)}`);
      return told(dst, `${name(dst)} is loaded from ${place}`);
    }
    case CLASS.ST:
    case CLASS.STX: {
      const slot = `fp${-8 * Math.ceil(-insn.offset / 8)}`;
      if (insn.dst !== 10 || !wanted.delete(slot)) return undefined;
      if ((insn.code & CLASS_MASK) === CLASS.ST) return told(slot, `${insn.imm} is stored on the stack`);
      wanted.add(src);
      return told(slot, `${name(src)} is stored on the stack`);
    }
    default:
      if (insn.code === CALL_CODE) return followCall(calleeName(verdict, at, insn), insn, step, wanted, told);
      if (isConditional(insn) && wanted.has(dst)) return told(dst, branchInWords(insn, at, next));
      return undefined;
  }
}

function followCall(
  callee: string,
  insn: Instruction,
  step: PathStep,
  wanted: Set<string>,
  told: (register: string, learned: string) => HistoryStep,
): HistoryStep | undefined {
  if (wanted.delete("R0")) return told("R0", `r0 is the result of ${callee}`);
  for (const register of ["R1", "R2", "R3", "R4", "R5"])
    if (wanted.delete(register)) return told(register, `the call of ${callee} destroys ${register.replace("R", "r")}`);
  // What else becomes a number by a call was a pointer before; where that came from is told, too.
  for (const register of wanted)
    if (/^(scalar|untrusted)/.test(step.changed.get(register) ?? "")) {
      const moves = insn.src === CALL.HELPER && helperById(insn.imm)?.changesPacket === true;
      const name = /^R/.test(register) ? register.replace("R", "r") : `what lies at ${register}`;
      const why = moves
        ? `may move the packet, so ${name} points into it`
        : `ends what ${name} pointed to: it is a pointer`;
      return { ...told(register, `${callee} ${why} no more`), lost: true, by: callee };
    }
  return undefined;
}

/** What holds on the branch that the path took. */
function branchInWords(insn: Instruction, at: number, next: number | undefined): string {
  return `on this branch ${conditionInWords(insn, wasTaken(insn, at, next) ?? true)}`;
}
