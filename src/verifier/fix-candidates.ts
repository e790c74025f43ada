/** What may mend a refusal, by message: guesses, which `findFixes` verifies before anybody sees them. */
import { ALU, accessBytes, CALL, CLASS, CLASS_MASK, JMP, MODE, OP_MASK, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Edit } from "./fix-edits.ts";
import { type PathState, stateAtEnd } from "./path-state.ts";
import { CALL_CODE, EXIT_CODE, isConditional } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** One guess. */
export interface Candidate {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** The program's license instead of the one it has. */
  readonly license?: string;
  /** Of guesses of one family only the first that is good is shown. */
  readonly family?: string;
  /** What the guess is about, for the same change in C. */
  readonly about?: FixSubject;
}

/** What C lines are made from. */
export type FixSubject =
  | { readonly kind: "null" }
  | { readonly kind: "bound"; readonly last: number }
  | { readonly kind: "return"; readonly value: number };

const insn = (code: number, dst: number, src: number, offset: number, imm: number): Instruction => ({
  ...{ code, dst, src, offset, imm },
});
const move = (dst: number, imm: number): Instruction => insn(CLASS.ALU64 | ALU.MOV, dst, 0, 0, imm);
const copy = (dst: number, src: number): Instruction => insn(CLASS.ALU64 | ALU.MOV | SOURCE.X, dst, src, 0, 0);
const and = (dst: number, imm: number): Instruction => insn(CLASS.ALU64 | ALU.AND, dst, 0, 0, imm);
const jump = (op: number, dst: number, imm: number, offset: number): Instruction =>
  insn(CLASS.JMP | op, dst, 0, offset, imm);
const call = (helper: number): Instruction => insn(CALL_CODE, 0, CALL.HELPER, 0, helper);
const EXIT = insn(EXIT_CODE, 0, 0, 0, 0);
const leaveUnless = (op: number, dst: number, imm: number): Instruction[] => [jump(op, dst, imm, 2), move(0, 0), EXIT];

/** Helpers that give back what others handed out. */
const SK_RELEASE = 86;
const RINGBUF_DISCARD = 133;

/** Guesses, the most natural first. */
export function candidatesFor(program: ProgramSpec, verdict: Verdict, history: readonly HistoryStep[]): Candidate[] {
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
  switch (message) {
    case "mem_access":
    case "nullable_arithmetic":
      if (values[1] === "scalar") return otherSide(program, history);
      if (!String(values[1]).endsWith("_or_null")) return [];
      return [
        before("Leave the program if it is NULL", leaveUnless(JMP.JNE, register, 0), { kind: "null" }),
        before("Do this only if it is not NULL", [jump(JMP.JEQ, register, 0, 1)]),
      ];
    case "argument_type": {
      if (!String(values[1]).endsWith("_or_null")) return [];
      return [before("Leave the program if it is NULL", leaveUnless(JMP.JNE, register, 0), { kind: "null" })];
    }
    case "not_readable":
      return [
        ...heldElsewhere(program, verdict, state),
        ...keptOverCall(program, history, register),
        ...setFirst(program, at, register),
      ];
    case "return_range":
      return [
        before(`Return ${values[3]}`, [move(Number(values[1]), Number(values[3]))], {
          kind: "return",
          value: Number(values[3]),
        }),
      ];
    case "return_unknown":
      return [before("Return a number", [move(0, 0)], { kind: "return", value: 0 })];
    case "packet_range":
      return packetCheck(program, verdict, state);
    case "reference_leak":
      return giveBack(at, state);
    case "size_unbounded":
    case "size_negative":
    case "size_zero":
      return boundSize(at, register, message === "size_zero");
    case "offset_unbounded":
    case "max_unbounded":
    case "max_outside":
    case "min_negative":
      return boundIndex(program, at, history);
    default:
      return [];
  }
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

/** Registers that no instruction names. */
function unusedRegisters({ insns }: ProgramSpec, from: readonly number[]): number[] {
  const used = new Set(insns.flatMap(({ dst, src }) => [dst, src]));
  return from.filter((register) => !used.has(register));
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

/** More bytes in the comparison that is there, or a comparison right before the access. */
function packetCheck(program: ProgramSpec, { at, path = [], values = [] }: Verdict, state: PathState): Candidate[] {
  const access = program.insns[at!];
  const register = Number(values[0]);
  const pointer = state.get(`R${register}`) ?? "";
  const own = Number(/\boff=(-?\d+)/.exec(pointer)?.[1] ?? 0);
  const needed = own + access.offset + accessBytes(access.code);
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
    if (sum !== undefined && !/var_off|umax/.test(pointer)) {
      const old = program.insns[sum.insn];
      found.push({
        title: `Compare ${needed} bytes with the packet's end instead of ${old.imm}`,
        edits: [{ at: sum.insn, added: [{ ...old, imm: needed }], replaces: true }],
      });
    }
  }
  const [free] = unusedRegisters(program, [5, 4, 3, 2, 9, 8, 7, 6]);
  const end = [...state].find(([name, value]) => /^R\d$/.test(name) && value.startsWith("pkt_end"))?.[0];
  const context = [...state].find(([name, value]) => /^R\d$/.test(name) && value.startsWith("ctx("))?.[0] ?? "R1";
  if (free === undefined) return found;
  const reach = access.offset + accessBytes(access.code);
  const check = (register2: number, behind: number): Instruction[] => [
    copy(free, register),
    { ...move(free, reach), code: CLASS.ALU64 | ALU.ADD },
    insn(CLASS.JMP | JMP.JLE | SOURCE.X, free, register2, behind, 0),
    move(0, 0),
    EXIT,
  ];
  if (end !== undefined)
    found.push({
      title: "Leave the program if the packet is too short",
      edits: [{ at: at!, added: check(Number(end[1]), 2) }],
    });
  else {
    const [other] = unusedRegisters(
      program,
      [5, 4, 3, 2, 9, 8, 7, 6].filter((each) => each !== free),
    );
    const offset = DATA_END[program.type];
    if (other !== undefined && offset !== undefined)
      found.push({
        title: "Leave the program if the packet is too short",
        edits: [
          {
            at: at!,
            added: [insn(CLASS.LDX | MODE.MEM, other, Number(context[1]), offset, 0), ...check(other, 2)],
          },
        ],
      });
  }
  return found;
}

/** Where the context has the packet's end, by program type. */
const DATA_END: Readonly<Partial<Record<ProgramSpec["type"], number>>> = { xdp: 4, sched_cls: 80, sched_act: 80 };

/** What is held is in a register, with the id of its reference. */
function giveBack(at: number, state: PathState): Candidate[] {
  const held = [...state].find(([name, value]) => /^R[0-9]$/.test(name) && /\bref_obj_id=\d+/.test(value));
  if (held === undefined) return [];
  const [name, value] = held;
  const register = Number(name[1]);
  const isRecord = /^(ringbuf_)?mem/.test(value);
  const isSocket = /^(sock|tcp_sock|sock_common)\b/.test(value);
  if (!isRecord && !isSocket) return [];
  const release = isRecord ? [move(2, 0), call(RINGBUF_DISCARD)] : [call(SK_RELEASE)];
  return [
    {
      title: isRecord ? "Give the record back before leaving" : "Give the socket back before leaving",
      edits: [{ at, added: [...(register === 1 ? [] : [copy(1, register)]), ...release, move(0, 0)] }],
    },
  ];
}

/** Sizes that memory often has, the greatest that fits first. */
const MASKS = [511, 255, 127, 63, 31, 15, 7, 3] as const;

function boundSize(at: number, register: number, notZero: boolean): Candidate[] {
  if (notZero)
    return [
      { title: `Leave the program if r${register} is 0`, edits: [{ at, added: leaveUnless(JMP.JNE, register, 0) }] },
    ];
  return MASKS.map((mask) => ({
    title: `Keep r${register} from 0 to ${mask}`,
    edits: [{ at, added: [and(register, mask)] }],
    family: "mask",
  }));
}

/** A better bound in the comparison that is there; leaving on a bad index, or masking it, before it is added. */
function boundIndex(program: ProgramSpec, at: number, history: readonly HistoryStep[]): Candidate[] {
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
  const sizes = new Set(program.maps.filter((map) => map.name === name).map((map) => map.valueSize - reach));
  return [...sizes]
    .filter((last) => last >= 0)
    .sort((a, b) => b - a)
    .flatMap((last): Candidate[] => {
      const mask = 2 ** Math.floor(Math.log2(last + 1)) - 1;
      const leave = leaveUnless(JMP.JLE, index, last);
      return [
        ...tighterBound(program, history, index, last),
        {
          title: `Leave the program if r${index} is above ${last}`,
          edits: [{ at: addition, added: leave }],
          about: { kind: "bound", last },
        },
        { title: `Keep r${index} from 0 to ${mask}`, edits: [{ at: addition, added: [and(index, mask)] }] },
      ];
    });
}

/** Of the two registers of an addition, the one that is a number. */
function numberAdded({ insns }: ProgramSpec, addition: number, history: readonly HistoryStep[]): number {
  const { dst, src } = insns[addition];
  const before = history.findLast(({ at, register }) => at < addition && register === `R${src}`);
  return before !== undefined && /^(map_value|pkt|fp)/.test(before.value) ? dst : src;
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
