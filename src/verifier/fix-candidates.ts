/** What may mend a refusal, by message: guesses, which `findFixes` verifies before anybody sees them. */
import { ALU, accessBytes, CLASS, CLASS_MASK, JMP, OP_MASK, SIZE, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Edit } from "./fix-edits.ts";
import {
  add,
  and,
  copy,
  EXIT,
  goTo,
  jump,
  leaveUnless,
  move,
  roomBehind,
  store,
  unusedRegisters,
} from "./fix-instructions.ts";
import { packetAgain, packetCheck } from "./fix-packet.ts";
import { giveBack } from "./fix-release.ts";
import { resultsFor } from "./fix-results.ts";
import type { MessageName } from "./messages.ts";
import { type PathState, stateAtEnd } from "./path-state.ts";
import { CALL_CODE, isConditional } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** One guess. */
export interface Candidate {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** The program's license instead of the one it has. */
  readonly license?: string;
  /** Load it as a program that may wait. */
  readonly sleepable?: true;
  /** The changed program and its diff, where edits in front of instructions do not tell it. */
  readonly changed?: ProgramSpec;
  readonly diff?: string;
  /** Of guesses of one family only the first that is good is shown. */
  readonly family?: string;
  /** What the guess is about, for the same change in C. */
  readonly about?: FixSubject;
}

/** What C lines are made from. */
export type FixSubject =
  | { readonly kind: "null" }
  | { readonly kind: "only-if" }
  | { readonly kind: "bound"; readonly last: number; readonly unsigned: boolean }
  | { readonly kind: "size"; readonly register: number; readonly test: string }
  | { readonly kind: "packet"; readonly needed: number; readonly again: boolean }
  | { readonly kind: "return"; readonly value: number };

/** Guesses, the most natural first. */
export function candidatesFor(
  program: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
  kernelFunction: (name: string) => number | undefined,
): Candidate[] {
  const { at, message, values = [] } = verdict;
  if (message === "gpl_only") return [{ title: 'Put the program under the license "GPL"', edits: [], license: "GPL" }];
  if (message === "last_insn") return lastInstruction(program);
  if (at === undefined || program.insns[at] === undefined) return [];
  const register = Number(values[0]);
  const state = stateAtEnd(verdict);
  const before = (title: string, added: readonly Instruction[], about?: FixSubject): Candidate => ({
    ...{ title, edits: [{ at, added }] },
    ...(about ? { about } : {}),
  });
  const nullChecks = (): Candidate[] => [
    before("Leave the program if it is NULL", leaveUnless(program, at, JMP.JNE, register, 0), { kind: "null" }),
    before("Do this only if it is not NULL", [jump(JMP.JEQ, register, 0, statementLength(program, at))], {
      kind: "only-if",
    }),
  ];
  switch (message) {
    case "mem_access":
    case "nullable_arithmetic":
      if (values[1] === "scalar" && history.some((step) => step.lost)) return packetAgain(program, verdict, history);
      if (values[1] === "scalar" && history.at(-1)?.value === "0" && !isConditional(program.insns[history.at(-1)!.at]))
        return nullChecks();
      if (values[1] === "scalar") return otherSide(program, history);
      return String(values[1]).endsWith("_or_null") ? nullChecks() : [];
    case "argument_type":
      if (/^fp, /.test(String(values[2])) && values[1] === "scalar") return onStack(program, at, register);
      return String(values[1]).endsWith("_or_null") ? nullChecks() : [];
    case "kfunc_null":
      return nullOf(program, at, Number(values[0]) + 1, before);
    case "not_readable":
      return [
        ...heldElsewhere(program, verdict, state),
        ...keptOverCall(program, history, register),
        ...setFirst(program, at, register),
      ];
    case "return_range":
    case "return_unknown":
    case "callback_return":
      return resultsFor(program, verdict, history);
    case "packet_range":
      return packetCheck(program, verdict);
    case "reference_leak":
      return giveBack(program, verdict, history, kernelFunction);
    case "might_sleep":
      return [
        { title: "Load the program as sleepable: of a section whose name ends in .s", edits: [], sleepable: true },
      ];
    case "modified_pointer":
      return offsetInAccess(program, at, history);
    case "release_offset":
      return movedBack(at, register, state);
    case "stack_range":
      return smallerSize(program, verdict, history, state);
    case "size_unbounded":
    case "size_negative":
    case "size_zero":
      return boundSize(program, at, register, message, state);
    case "offset_unbounded":
    case "max_unbounded":
    case "max_outside":
    case "min_negative":
      return boundIndex(program, at, history, state, register, message);
    case "stack_range_variable":
      return boundIndex(program, at, history, state, Number(values[1]), message);
    default:
      return [];
  }
}

/** How many instructions from `at` on belong to its line of C; 1 where there is no C. */
function statementLength({ insns, lines, btf }: ProgramSpec, at: number): number {
  const line = lines?.[at]?.line;
  if (btf === undefined || line === undefined) return 1;
  let end = at + 1;
  while (end < insns.length - 1 && lines?.[end]?.line === line && insns[end].code !== EXIT.code) end++;
  return end - at;
}

/** A number that should be the address of one: it is stored on the stack, and its address is passed. */
function onStack({ insns }: ProgramSpec, at: number, register: number): Candidate[] {
  const lowest = Math.min(0, ...insns.map(({ dst, src, offset }) => (dst === 10 || src === 10 ? offset : 0)));
  const place = -8 * Math.ceil((8 - lowest) / 8);
  return [
    {
      title: "Put the number on the stack, and pass its address",
      edits: [{ at, added: [store(SIZE.DW, place, register), copy(register, 10), add(register, place)] }],
    },
  ];
}

/** An argument of a kernel function that may be NULL: around the call, or out. */
function nullOf(
  program: ProgramSpec,
  at: number,
  register: number,
  before: (title: string, added: readonly Instruction[], about?: FixSubject) => Candidate,
): Candidate[] {
  return [
    before("Leave the program if it is NULL", leaveUnless(program, at, JMP.JNE, register, 0), { kind: "null" }),
    before("Do this only if it is not NULL", [jump(JMP.JEQ, register, 0, 1)], { kind: "only-if" }),
  ];
}

/** `r1 += 8` before a load at offset 0 becomes a load at offset 8. */
function offsetInAccess({ insns }: ProgramSpec, at: number, history: readonly HistoryStep[]): Candidate[] {
  const moved = history.findLast((step) => insns[step.at].code === (CLASS.ALU64 | ALU.ADD));
  if (moved === undefined) return [];
  const access = insns[at];
  const offset = access.offset + insns[moved.at].imm;
  return [
    {
      title: `Put the offset into the access: ${offset}`,
      edits: [
        { at: moved.at, added: [goTo(0)], replaces: true, removes: true },
        { at, added: [{ ...access, offset }], replaces: true },
      ],
    },
  ];
}

/** A pointer that was moved is moved back before it is given away. */
function movedBack(at: number, register: number, state: PathState): Candidate[] {
  const offset = Number(/\boff=(-?\d+)/.exec(state.get(`R${register}`) ?? "")?.[1] ?? 0);
  if (offset === 0) return [];
  return [{ title: `Move r${register} back by ${offset} first`, edits: [{ at, added: [add(register, -offset)] }] }];
}

/** A constant size that is more than the memory has. */
function smallerSize(
  { insns }: ProgramSpec,
  { at, values = [] }: Verdict,
  history: readonly HistoryStep[],
  state: PathState,
): Candidate[] {
  if (at === undefined || insns[at].code !== CALL_CODE) return [];
  const register = Number(values.find((value, k) => k > 0 && typeof value === "number"));
  const room = roomBehind(state.get(`R${register}`) ?? "");
  const set = history.findLast((step) => step.register === `R${register + 1}`);
  if (room === undefined || set === undefined || insns[set.at].imm <= room) return [];
  const replaced = { at: set.at, added: [{ ...insns[set.at], imm: room }], replaces: true };
  return [{ title: `Pass a size of ${room}, the bytes that are there`, edits: [replaced] }];
}

function lastInstruction({ insns }: ProgramSpec): Candidate[] {
  const at = insns.length;
  return [
    { title: "End the program", edits: [{ at, added: [EXIT] }] },
    { title: "End the program with a result", edits: [{ at, added: [move(0, 0), EXIT] }] },
  ];
}

/** A register that is set on another path is set before all of them, so that none is changed. */
function setFirst({ insns }: ProgramSpec, at: number, register: number): Candidate[] {
  const elsewhere = insns.some((each) => writes(each, register));
  const isArgument = register >= 1 && register <= 5;
  if (elsewhere && !isArgument)
    return [{ title: `Give r${register} a value before the branches`, edits: [{ at: 0, added: [move(register, 0)] }] }];
  return [{ title: `Set r${register} first`, edits: [{ at, added: [move(register, 0)] }] }];
}

/** Whether an instruction sets a register. */
function writes({ code, dst }: Instruction, register: number): boolean {
  if (code === CALL_CODE) return register === 0;
  const kind = code & CLASS_MASK;
  const sets = kind === CLASS.ALU || kind === CLASS.ALU64 || kind === CLASS.LD || kind === CLASS.LDX;
  return sets && dst === register;
}

/** The access stands on the side where the pointer is NULL: the comparison the other way round. */
function otherSide(program: ProgramSpec, history: readonly HistoryStep[]): Candidate[] {
  const comparison = history.findLast(({ at, value }) => isConditional(program.insns[at]) && value === "0");
  const old = comparison && program.insns[comparison.at];
  if (!comparison || !old || old.imm !== 0 || (old.code & SOURCE.X) !== 0) return [];
  const op = old.code & OP_MASK;
  if (op !== JMP.JEQ && op !== JMP.JNE) return [];
  const code = old.code ^ op ^ (op === JMP.JEQ ? JMP.JNE : JMP.JEQ);
  return [
    {
      title: `Turn the comparison of r${old.dst} with NULL around`,
      edits: [{ at: comparison.at, added: [{ ...old, code }], replaces: true }],
    },
  ];
}

/** A copy of what a call destroyed, in a register that it left alone. */
function heldElsewhere(program: ProgramSpec, { at, path = [], values = [] }: Verdict, state: PathState): Candidate[] {
  const lost = Number(values[0]);
  const old = program.insns[at!];
  const last = path.findLast(({ changed }) => (changed.get(`R${lost}`) ?? "?") !== "?")?.changed.get(`R${lost}`);
  // Two numbers that read alike need not be the same one.
  if (last === undefined || !/^ctx\(\)$|\bid=\d/.test(last) || old.src !== lost) return [];
  const found = [6, 7, 8, 9].find((register) => state.get(`R${register}`) === last);
  if (found === undefined) return [];
  return [
    {
      title: `Use r${found}, which still holds it`,
      edits: [{ at: at!, added: [{ ...old, src: found }], replaces: true }],
    },
  ];
}

/** A value that a call destroyed, kept in a register that calls leave alone. */
function keptOverCall(program: ProgramSpec, history: readonly HistoryStep[], register: number): Candidate[] {
  const destroyed = history.findLast(({ at }) => program.insns[at].code === CALL_CODE);
  const [keeper] = unusedRegisters(program, [6, 7, 8, 9]);
  if (destroyed === undefined || keeper === undefined || register === 0) return [];
  return [
    {
      title: `Keep r${register} over the call in r${keeper}`,
      edits: [
        { at: destroyed.at, added: [copy(keeper, register)] },
        { at: destroyed.at + 1, added: [copy(register, keeper)] },
      ],
    },
  ];
}

/** Sizes that memory often has, the greatest that fits first. */
const MASKS = [511, 255, 127, 63, 31, 15, 7, 3] as const;

function boundSize(
  program: ProgramSpec,
  at: number,
  register: number,
  message: "size_zero" | "size_negative" | "size_unbounded",
  state: PathState,
): Candidate[] {
  const leave = (title: string, op: number, imm: number, test: string): Candidate => ({
    title: `Leave the program if r${register} is ${title}`,
    edits: [{ at, added: leaveUnless(program, at, op, register, imm) }],
    about: { kind: "size", register, test },
  });
  if (message === "size_zero") return [leave("0", JMP.JNE, 0, "== 0")];
  const room = roomBehind(state.get(`R${register - 1}`) ?? "");
  return [
    ...(message === "size_negative" ? [leave("negative", JMP.JSGE, 0, "< 0")] : []),
    ...(room === undefined ? [] : [leave(`above ${room}`, JMP.JLE, room, `> ${room}`)]),
    ...MASKS.map((mask) => ({
      title: `Keep r${register} from 0 to ${mask}`,
      edits: [{ at, added: [and(register, mask)] }],
      family: "mask",
    })),
  ];
}

/** A better bound in the comparison that is there; leaving on a bad index, or masking it, before it is added. */
function boundIndex(
  program: ProgramSpec,
  at: number,
  history: readonly HistoryStep[],
  state: PathState,
  register: number,
  message: MessageName,
): Candidate[] {
  const addition = [at, ...history.map((step) => step.at).reverse()].find(
    (index) => program.insns[index].code === (CLASS.ALU64 | ALU.ADD | SOURCE.X),
  );
  if (addition === undefined) return [];
  const access = program.insns[at];
  const kind = access.code & CLASS_MASK;
  const isAccess = kind === CLASS.LDX || kind === CLASS.STX || kind === CLASS.ST;
  const reach = isAccess ? access.offset + accessBytes(access.code) : 1;
  const index = numberAdded(program, addition, history);
  // The log names the map that the pointer points into.
  const name = history.map(({ value }) => /^map_value\(.*?map=([^,)]+)/.exec(value)?.[1]).findLast((found) => found);
  const stack = /^fp\(off=-(\d+)/.exec(state.get(`R${register}`) ?? "")?.[1];
  const packet = history.some(({ value }) => value.startsWith("pkt("));
  const unsigned = message !== "max_outside" && message !== "stack_range_variable";
  const sizes = new Set(program.maps.filter((map) => map.name === name).map((map) => map.valueSize - reach));
  if (stack !== undefined) sizes.add(Number(stack) - reach);
  const masked = (mask: number): Candidate => ({
    title: `Keep r${index} from 0 to ${mask}`,
    edits: [{ at: addition, added: [and(index, mask)] }],
    family: "mask",
  });
  if (packet && sizes.size === 0) return [0xffff, 0xfff, 0xff].map(masked);
  return [...sizes]
    .filter((last) => last >= 0)
    .sort((a, b) => b - a)
    .flatMap((last): Candidate[] => {
      const mask = 2 ** Math.floor(Math.log2(last + 1)) - 1;
      const leave = leaveUnless(program, addition, JMP.JLE, index, last);
      return [
        ...tighterBound(program, history, index, last),
        ...tighterMask(program, history, index, mask),
        {
          title: `Leave the program if r${index} is above ${last}`,
          edits: [{ at: addition, added: leave }],
          about: { kind: "bound", last, unsigned },
        },
        masked(mask),
      ];
    });
}

/** `r6 &= 31` that should be `r6 &= 15`. */
function tighterMask(program: ProgramSpec, history: readonly HistoryStep[], index: number, mask: number): Candidate[] {
  const step = history.findLast(({ at }) => {
    const { code, dst, imm } = program.insns[at];
    const isAnd = (code & OP_MASK) === ALU.AND && (code & SOURCE.X) === 0;
    return (
      isAnd && [CLASS.ALU, CLASS.ALU64].some((kind) => kind === (code & CLASS_MASK)) && dst === index && imm > mask
    );
  });
  if (step === undefined) return [];
  const old = program.insns[step.at];
  return [
    {
      title: `Keep r${index} from 0 to ${mask} instead of ${old.imm}`,
      edits: [{ at: step.at, added: [{ ...old, imm: mask }], replaces: true }],
      family: "mask",
    },
  ];
}

/** Of the two registers of an addition, the one that is a number. */
function numberAdded({ insns }: ProgramSpec, addition: number, history: readonly HistoryStep[]): number {
  const { dst, src } = insns[addition];
  const before = history.findLast(({ at, register }) => at < addition && register === `R${src}`);
  return before !== undefined && /^(map_value|pkt|fp|mem|ringbuf_mem)/.test(before.value) ? dst : src;
}

/** `if r6 > 40` that should be `if r6 > 15`. */
function tighterBound(program: ProgramSpec, history: readonly HistoryStep[], index: number, last: number): Candidate[] {
  const comparison = history.findLast(({ at }) => {
    const { code, dst, imm } = program.insns[at];
    const constant = (code & SOURCE.X) === 0;
    return isConditional(program.insns[at]) && constant && dst === index && imm > last;
  });
  if (comparison === undefined) return [];
  const old = program.insns[comparison.at];
  const op = old.code & OP_MASK;
  const below = op === JMP.JGE || op === JMP.JLT || op === JMP.JSGE || op === JMP.JSLT;
  const imm = below ? last + 1 : last;
  return [
    {
      title: `Compare r${index} with ${imm} instead of ${old.imm}`,
      edits: [{ at: comparison.at, added: [{ ...old, imm }], replaces: true }],
    },
  ];
}
