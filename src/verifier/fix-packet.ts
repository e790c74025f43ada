/** Changes for packets: more bytes compared, a comparison before the access, pointers taken from the context again. */
import { ALU, accessBytes, CLASS, JMP, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Candidate, FixSubject } from "./fix-candidates.ts";
import type { Edit } from "./fix-edits.ts";
import {
  add,
  copy,
  EXIT,
  freeRegisters,
  insn,
  leavingResult,
  load,
  move,
  unusedRegisters,
} from "./fix-instructions.ts";
import { type PathState, stateAtEnd } from "./path-state.ts";
import { isConditional } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** Where the context has the packet's beginning and its end, by program type. */
const PLACES: Readonly<Partial<Record<ProgramSpec["type"], readonly [data: number, end: number]>>> = {
  xdp: [0, 4],
  sched_cls: [76, 80],
  sched_act: [76, 80],
  sk_skb: [76, 80],
  cgroup_skb: [76, 80],
};

const TOO_SHORT = "Leave the program if the packet is too short";

/** More bytes in the comparison that is there, or a comparison right before the access. */
export function packetCheck(program: ProgramSpec, verdict: Verdict): Candidate[] {
  const { path = [], values = [] } = verdict;
  const at = verdict.at!;
  const state = stateAtEnd(verdict);
  const access = program.insns[at];
  const register = Number(values[0]);
  const pointer = state.get(`R${register}`) ?? "";
  const isVariable = /var_off|umax/.test(pointer);
  const own = Number(/\boff=(-?\d+)/.exec(pointer)?.[1] ?? 0);
  const reach = access.offset + accessBytes(access.code);
  const needed = own + reach;
  const found: Candidate[] = [];
  // `r4 += 14` before a comparison of r4 with the packet's end.
  const compared = path.findLast(({ insn: k, changed }) => {
    const { dst, src } = program.insns[k];
    return isConditional(program.insns[k]) && [dst, src].some((r) => /^pkt\(/.test(changed.get(`R${r}`) ?? ""));
  });
  if (compared !== undefined) {
    const { dst, src } = program.insns[compared.insn];
    const sum = path.findLast(({ insn: k }) => {
      const { code, dst: target, imm } = program.insns[k];
      return code === (CLASS.ALU64 | ALU.ADD) && (target === dst || target === src) && imm > 0 && imm < needed;
    });
    if (sum !== undefined && !isVariable) {
      const old = program.insns[sum.insn];
      found.push({
        title: `Compare ${needed} bytes with the packet's end instead of ${old.imm}`,
        edits: [{ at: sum.insn, added: [{ ...old, imm: needed }], replaces: true }],
      });
    }
  }
  const end = registerWith(state, /^pkt_end/);
  const [free, other] = freeRegisters(program, state);
  const about: FixSubject | undefined = isVariable ? undefined : { kind: "packet", needed, again: false };
  const offered = (edits: readonly Edit[]): Candidate => ({ title: TOO_SHORT, edits, ...(about ? { about } : {}) });
  if (free === undefined) return found;
  if (end !== undefined) {
    const added = compareWithEnd(program, at, register, free, end, reach);
    return [...found, offered([{ at, added }])];
  }
  const place = PLACES[program.type]?.[1];
  const context = contextRegister(program, state);
  if (other === undefined || place === undefined || context === undefined) return found;
  const added = [load(other, context.register, place), ...compareWithEnd(program, at, register, free, other, reach)];
  return [...found, offered([...context.edits, { at, added }])];
}

/** A pointer that a call took away is taken from the context once more, and compared once more. */
export function packetAgain(program: ProgramSpec, verdict: Verdict, history: readonly HistoryStep[]): Candidate[] {
  const at = verdict.at!;
  const state = stateAtEnd(verdict);
  const places = PLACES[program.type];
  const lostAt = history.findIndex((step) => step.lost);
  const before = history[lostAt - 1]?.value ?? "";
  const register = Number(verdict.values?.[0]);
  const context = contextRegister(program, state);
  const [end, sum] = freeRegisters(program, state).filter((each) => each !== context?.register && each !== register);
  if (!before.startsWith("pkt(") || /var_off|umax/.test(before) || places === undefined) return [];
  if (context === undefined || end === undefined || sum === undefined) return [];
  const own = Number(/\boff=(-?\d+)/.exec(before)?.[1] ?? 0);
  const { offset, code } = program.insns[at];
  const reach = offset + accessBytes(code);
  const added = [
    load(register, context.register, places[0]),
    load(end, context.register, places[1]),
    ...(own === 0 ? [] : [add(register, own)]),
    ...compareWithEnd(program, at, register, sum, end, reach),
  ];
  return [
    {
      title: "Take the packet's beginning and end from the context again, and compare again",
      edits: [...context.edits, { at, added }],
      about: { kind: "packet", needed: own + reach, again: true },
    },
  ];
}

/** Leaves the program unless `reach` bytes from a pointer on are there. */
function compareWithEnd(
  program: ProgramSpec,
  at: number,
  pointer: number,
  sum: number,
  end: number,
  reach: number,
): Instruction[] {
  return [
    copy(sum, pointer),
    add(sum, reach),
    insn(CLASS.JMP | JMP.JLE | SOURCE.X, sum, end, 2, 0),
    move(0, leavingResult(program, at).value),
    EXIT,
  ];
}

function registerWith(state: PathState, pattern: RegExp): number | undefined {
  const name = [...state].find(([register, value]) => /^R\d$/.test(register) && pattern.test(value))?.[0];
  return name === undefined ? undefined : Number(name[1]);
}

/** A register with the context: one that has it, or one that nobody uses, in which it is kept from the beginning. */
function contextRegister(
  program: ProgramSpec,
  state: PathState,
): { readonly register: number; readonly edits: readonly Edit[] } | undefined {
  const register = registerWith(state, /^ctx\(\)$/);
  if (register !== undefined) return { register, edits: [] };
  const [keeper] = unusedRegisters(program, [9, 8, 7, 6]);
  return keeper === undefined ? undefined : { register: keeper, edits: [{ at: 0, added: [copy(keeper, 1)] }] };
}
