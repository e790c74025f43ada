/** What a catalogue's sentence cannot know: the numbers of this program, and where its values come from. */
import { accessBytes, CLASS, CLASS_MASK } from "../isa/constants.ts";
import { grouped, plural } from "../plot/format.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { PROGRAMS } from "../programs/table.ts";
import { type PathState, stateAtEnd } from "./path-state.ts";
import type { RepeatedPath } from "./repeated-path.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** A sentence more, or `""`. */
export function causeDetail(
  program: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
  loop: RepeatedPath | undefined,
  reason: string,
): string {
  if (loop !== undefined) return loopInWords(loop);
  const { message, values = [] } = verdict;
  const last = history.at(-1);
  const lost = history.find((step) => step.lost);
  const register = Number(values[0]);
  if (lost !== undefined) return `It was a pointer until the call at instruction ${lost.at}: ${lost.learned}.`;
  const isNullable = /(^|_)or_null\b|_or_null_/.test(String(values[1] ?? ""));
  switch (message) {
    case "not_readable":
      if (last?.learned.startsWith("the call of")) return `${capital(last.learned)} (instruction ${last.at}).`;
      return history.length === 0 ? `No instruction on this path sets r${register}.` : "";
    case "mem_access":
      if (isNullable) return notCompared(history);
      if (values[1] === "scalar" && last?.value === "0" && last.learned.startsWith("r0 is the result of"))
        return `${last.learned.replace("r0 is the result of ", "")} gives NULL on this path: at the end, or where there is nothing.`;
      if (values[1] === "scalar" && last?.value === "0" && last.learned.startsWith("on this"))
        return `It is NULL here: ${last.learned}, so the lookup found nothing. The access belongs on the other side.`;
      return "";
    case "argument_type":
    case "nullable_arithmetic":
      return isNullable ? notCompared(history) : "";
    case "reference_leak":
      return last === undefined ? "" : `It came from ${callOf(last)} at instruction ${last.at}.`;
    case "held_lock":
    case "lock_call":
      return last === undefined ? "" : `It was taken by ${callOf(last)} at instruction ${last.at}.`;
    case "held_rcu":
    case "held_preempt":
    case "held_irq":
      return last === undefined ? "" : `${callOf(last)} at instruction ${last.at} began it.`;
    case "global_call":
      return argumentInWords(reason);
    case "context_access":
      return contextInWords(program, verdict);
    case "stack_range":
      return stackInWords(verdict);
    case "max_outside":
    case "min_outside":
      return reachInValue(program, verdict, register);
    case "packet_range":
      return reachInPacket(program, verdict, register);
    default:
      return "";
  }
}

/** What a step's call calls: its sentence begins with the name. */
const callOf = ({ learned }: HistoryStep): string => learned.split(" ")[0];

/** The argument of a global function that does not fit, as lines of the log name it: `R1 min value ...`, `arg#0 ...`. */
export function passedWrongly(reason: string): number | undefined {
  const register = /^R(\d)\b/m.exec(reason)?.[1];
  const argument = /^arg#(\d)\b/m.exec(reason)?.[1];
  return register ? Number(register) : argument ? Number(argument) + 1 : undefined;
}

/** What is wrong with it. */
function argumentInWords(reason: string): string {
  const register = passedWrongly(reason);
  if (register === undefined) return "";
  const sizes =
    /value_size=(\d+) off=-?\d+ size=(\d+)/.exec(reason) ?? /mem_size=(\d+) off=-?\d+ size=(\d+)/.exec(reason);
  if (sizes)
    return `r${register} points to ${plural(Number(sizes[1]), "byte")}, and the parameter's type has ${sizes[2]}.`;
  if (/size cannot be determined/.test(reason))
    return `Of what r${register} points to the parameter's type says no size, as that of \`void *\` does not.`;
  return `It is r${register} that does not fit.`;
}

/** Which field of the context is meant, and what may be done with it. */
function contextInWords(program: ProgramSpec, { at, values = [] }: Verdict): string {
  const context = PROGRAMS[program.type].context;
  const [offset, size] = values.map(Number);
  if (at === undefined || context === undefined || context.fields.length === 0) return "";
  const kind = program.insns[at].code & CLASS_MASK;
  const field = context.fields.find((each) => offset >= each.offset && offset < each.offset + each.size);
  const whole = context.size;
  if (offset + size > whole) return `struct ${context.struct} has bytes 0 to ${whole - 1}.`;
  if (field === undefined) return "";
  const name = `${field.name} of struct ${context.struct}`;
  if (kind === CLASS.ST || kind === CLASS.STX) return `It is ${name}, which programs of this type may not write.`;
  return `It is ${name}, which programs of type ${program.type} may not read in this way.`;
}

/** Where another function's stack is meant: that of whoever called. */
function stackInWords(verdict: Verdict): string {
  const register = Number(verdict.values?.find((value) => typeof value === "number"));
  const value = stateOf(stateAtEnd(verdict), register);
  const room = /^fp\[\d+\]-(\d+)$/.exec(value)?.[1];
  if (room === undefined) return "";
  return `r${register} points into the stack of the function that called, where ${plural(Number(room), "byte")} begin at it and no more.`;
}

function notCompared(history: readonly HistoryStep[]): string {
  if (history[0]?.learned.includes("is a parameter of the function"))
    return `It is a parameter of a function that is verified on its own: whoever calls it may pass NULL.`;
  const origin = history.findLast((step) => step.learned.startsWith("r0 is the result of"));
  if (origin === undefined) return "";
  return `It comes from the call at instruction ${origin.at}, and nothing has compared it with 0 on this path.`;
}

/** Offset and bytes of the load or store that was refused. */
function access(program: ProgramSpec, at: number | undefined): { offset: number; size: number } | undefined {
  const insn = at === undefined ? undefined : program.insns[at];
  const kind = insn === undefined ? undefined : insn.code & CLASS_MASK;
  if (insn === undefined || (kind !== CLASS.LDX && kind !== CLASS.STX && kind !== CLASS.ST)) return undefined;
  return { offset: insn.offset, size: accessBytes(insn.code) };
}

/** The least, or the greatest, of a number of the log (`umax=40`, `smin=smin32=-4`), and a constant offset. */
function bound(value: string, names: RegExp): number {
  const found = new RegExp(`(?:^|[(,])(?:\\w+=)*${names.source}=(?:\\w+=)*(-?(?:0x[0-9a-f]+|\\d+))`).exec(value)?.[1];
  return found === undefined ? 0 : Number(found.replace("-0x", "0x")) * (found.startsWith("-0x") ? -1 : 1);
}

const constantOffset = (value: string): number => Number(/\boff=(-?\d+)/.exec(value)?.[1] ?? 0);

function reachInValue(program: ProgramSpec, verdict: Verdict, register: number): string {
  const { at, message } = verdict;
  const used = access(program, at);
  const value = stateOf(stateAtEnd(verdict), register);
  const size = /^map_value\(.*\bvs=(\d+)/.exec(value)?.[1];
  if (used === undefined || size === undefined) return "";
  const moved = message === "max_outside" ? bound(value, /umax/) : bound(value, /smin/);
  const first = constantOffset(value) + moved + used.offset;
  const which = message === "max_outside" && moved !== 0 ? "With the greatest index that is possible, " : "";
  return capital(
    `${which}the access of ${plural(used.size, "byte")} begins at byte ${first}, and the map's value has bytes 0 to ${Number(size) - 1}.`,
  );
}

function reachInPacket(program: ProgramSpec, verdict: Verdict, register: number): string {
  const { at } = verdict;
  const used = access(program, at);
  const value = stateOf(stateAtEnd(verdict), register);
  const checked = /^pkt\(.*\br=(\d+)/.exec(value)?.[1];
  if (used === undefined || checked === undefined) return "";
  if (checked === "0") return "No byte of the packet was compared with its end on this path: it may be shorter.";
  const end = constantOffset(value) + used.offset + used.size;
  const index = /umax|var_off/.test(value) ? " behind the index" : "";
  const covered = checked === "1" ? "1 byte is" : `${checked} bytes are`;
  if (index !== "") return `${covered} known to be there${index}, and this access needs ${end}.`;
  return `The comparison says that ${covered} there, and this access needs ${end}.`;
}

const stateOf = (state: PathState, register: number): string => state.get(`R${register}`) ?? "";

/** What does not change from round to round. */
function loopInWords({ from, to, rounds, more, conditions }: RepeatedPath): string {
  const times = rounds === 1 && !more ? "once" : `${more ? "more than " : ""}${grouped(rounds)} times`;
  const around = `The path went ${times} around instructions ${from} to ${to}`;
  const stuck = conditions.filter(({ values }) => values.length === 1);
  if (conditions.length === 0) return `${around}, and no condition there leads out.`;
  if (stuck.length < conditions.length) return `${around}.`;
  const told = stuck.map(({ at, condition, registers, values }) => {
    const register = registers[0].replace("R", "r");
    const held = `${condition} at instruction ${at} held each time`;
    return /^scalar/.test(values[0])
      ? `${held}, and nothing says that it will not the next time`
      : `${held}, with ${register} always ${values[0]}`;
  });
  return `${around}: ${told.join("; ")}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
