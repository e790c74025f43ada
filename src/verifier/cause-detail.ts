/** What a catalogue's sentence cannot know: the numbers of this program, and where its values come from. */
import { accessBytes, CLASS, CLASS_MASK } from "../isa/constants.ts";
import { grouped, plural } from "../plot/format.ts";
import type { ProgramSpec } from "../programs/spec.ts";
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
): string {
  if (loop !== undefined) return loopInWords(loop);
  const { message, values = [] } = verdict;
  const last = history.at(-1);
  const lost = history.find((step) => step.lost);
  const register = Number(values[0]);
  if (lost !== undefined) return `It was a pointer until the call at instruction ${lost.at}: ${lost.learned}.`;
  switch (message) {
    case "not_readable":
      if (last?.learned.startsWith("the call of")) return `${capital(last.learned)} (instruction ${last.at}).`;
      return history.length === 0 ? `No instruction on this path sets r${register}.` : "";
    case "mem_access":
      if (String(values[1]).endsWith("_or_null")) return notCompared(history);
      if (values[1] === "scalar" && last?.value === "0" && last.learned.startsWith("on this"))
        return `It is NULL here: ${last.learned}, so the lookup found nothing. The access belongs on the other side.`;
      return "";
    case "argument_type":
    case "nullable_arithmetic":
      return String(values[1]).endsWith("_or_null") ? notCompared(history) : "";
    case "reference_leak":
      return last === undefined ? "" : `It came from the call at instruction ${last.at}: ${last.learned}.`;
    case "max_outside":
    case "min_outside":
      return reachInValue(program, verdict, register);
    case "packet_range":
      return reachInPacket(program, verdict, register);
    default:
      return "";
  }
}

function notCompared(history: readonly HistoryStep[]): string {
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
  return `${plural(Number(checked), "byte")} were compared${index}, and this access ends ${end} bytes from there.`;
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
    const value = /^scalar/.test(values[0]) ? "any number" : values[0];
    return `${condition} at instruction ${at} held each time, with ${register} always ${value}`;
  });
  return `${around}: ${told.join("; ")}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
