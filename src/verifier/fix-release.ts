/** Changes that give back what is held: before the program leaves, or on the branch that forgets it. */
import { formatInstruction } from "../asm/format-instruction.ts";
import { helperId, helperName } from "../helpers/names.ts";
import { CALL } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { conditionInWords, wasTaken } from "./comparison-words.ts";
import type { Candidate } from "./fix-candidates.ts";
import { lineText, sourceForm } from "./fix-edits.ts";
import { add, call, copy, goTo, insn, move, unusedRegisters } from "./fix-instructions.ts";
import { insertAfter } from "./insert.ts";
import type { PathState } from "./path-state.ts";
import { releaseOf } from "./releases.ts";
import { CALL_CODE, isConditional } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** Branches that are tried, the last of the path first. */
const MAX_BRANCHES = 3;

/** A call that gives back, with its arguments; `id`: that of a kernel function. */
interface Release {
  readonly name: string;
  readonly id: number | undefined;
}

/** Guesses for a reference that is still held at `exit`. */
export function giveBack(
  program: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
  kernelFunction: (name: string) => number | undefined,
): Candidate[] {
  const { at, path = [], held = [] } = verdict;
  const origin = history.at(-1);
  const callee = /^(\w+) /.exec(origin?.learned ?? "")?.[1] ?? "";
  const name = releaseOf(callee);
  const resource = held.findLast(({ kind }) => kind === "reference");
  if (at === undefined || origin === undefined || name === undefined || resource === undefined) return [];
  const helper = helperId(name);
  const release: Release = { name, id: helper === undefined ? kernelFunction(name) : undefined };
  if (helper === undefined && release.id === undefined) return [];
  const make = (state: PathState): Instruction[] | undefined => releasing(resource.id, state, release, helper);
  const found: Candidate[] = [];
  const states = statesAlong(verdict);
  const last = states.at(-1);
  const final = last && make(last);
  if (final) {
    const [keeper] = unusedRegisters(program, [9, 8, 7, 6]);
    const result = last.get("R0") ?? "";
    const kept = /^-?\d+$/.test(result) ? [] : keeper === undefined ? undefined : [copy(keeper, 0)];
    const back = /^-?\d+$/.test(result) ? [move(0, Number(result))] : [copy(0, keeper ?? 0)];
    if (kept)
      found.push({ title: `Call ${name} before leaving`, edits: [{ at, added: [...kept, ...final, ...back] }] });
  }
  // Behind the last use of what is held: on paths that go there only.
  const used = path.findLastIndex(({ insn: index, frame }, k) => {
    const { src, dst, code } = program.insns[index];
    const holds = (register: number): boolean =>
      new RegExp(`\\bref_obj_id=${resource.id}\\b`).test(states[k - 1]?.get(`R${register}`) ?? "");
    return frame === 0 && ((code & 7) === 1 ? holds(src) : (code & 7) === 3 || (code & 7) === 2 ? holds(dst) : false);
  });
  const behind = used < 0 ? undefined : make(states[used]);
  if (behind) {
    const index = path[used].insn;
    const rest = path.slice(used + 1).map((step) => step.insn);
    const around = preserved(program, rest, at, states[used]);
    if (around) {
      const added = [...around.before, ...behind, ...around.after];
      const texts = added.map((each) => instructionText(each, name));
      found.push({
        title: `Call ${name} behind its last use`,
        edits: [],
        changed: insertAfter(program, index, added),
        diff: [`  ${lineText(program, index, verdict.facts)}`, ...texts.map((text) => `+ ${text}`)].join("\n"),
      });
    }
  }
  for (let k = path.length - 1; k >= 0 && found.length < MAX_BRANCHES; k--) {
    const jump = program.insns[path[k].insn];
    if (path[k].insn === origin.at || path[k].frame > 0) break;
    if (!isConditional(jump)) continue;
    const code = make(states[k]);
    const taken = wasTaken(jump, path[k].insn, path[k + 1]?.insn ?? at);
    if (code === undefined || taken === undefined) continue;
    const around = preserved(
      program,
      path.slice(k + 1).map((step) => step.insn),
      at,
      states[k],
    );
    if (around === undefined) continue;
    const added = [...around.before, ...code, ...around.after];
    found.push(onBranch(program, path[k].insn, taken, added, release, origin));
  }
  return found;
}

const instructionText = (each: Instruction, name: string): string =>
  formatInstruction([each], 0, { helperName, kfuncName: () => name }).replace(/^\([0-9a-f]{2}\) /, "");

/** What is known after each step of the path, in the innermost function. */
function statesAlong({ path = [] }: Verdict): PathState[] {
  const frames: Map<string, string>[] = [];
  return path.map(({ frame, changed }) => {
    frames.length = Math.min(frames.length, frame + 1);
    while (frames.length <= frame) frames.push(new Map());
    for (const [name, value] of changed) frames[frame].set(name, value);
    return new Map(frames[frame]);
  });
}

/** The arguments and the call, if the reference is in a register or on the stack. */
function releasing(
  id: number,
  state: PathState,
  release: Release,
  helper: number | undefined,
): Instruction[] | undefined {
  const holder = [...state].find(([, value]) => new RegExp(`\\bref_(obj_)?id=${id}\\b`).test(value));
  if (holder === undefined) return undefined;
  const [place, value] = holder;
  // What may be NULL is asked for first, by whoever wrote the program.
  if (/_or_null/.test(value)) return undefined;
  const ringbuf = release.name.startsWith("bpf_ringbuf_");
  const flags = ringbuf ? [move(2, 0)] : [];
  const called = helper === undefined ? insn(CALL_CODE, 0, CALL.KFUNC, 0, release.id!) : call(helper);
  const register = /^R(\d)$/.exec(place)?.[1];
  if (register !== undefined) return [...(register === "1" ? [] : [copy(1, Number(register))]), ...flags, called];
  const slot = Number(/^fp(-\d+)$/.exec(place)?.[1]);
  // A dynptr has two slots; the log shows the upper one.
  const address = value.startsWith("dynptr") ? slot - 8 : slot;
  return /^(dynptr|iter)/.test(value) ? [copy(1, 10), add(1, address), ...flags, called] : undefined;
}

/** Saves and restores what the rest of the path still reads of the registers that a call destroys. */
function preserved(
  program: ProgramSpec,
  rest: readonly number[],
  end: number,
  state: PathState,
): { readonly before: readonly Instruction[]; readonly after: readonly Instruction[] } | undefined {
  const written = new Set<number>();
  const needed = new Set<number>();
  for (const index of [...rest, end]) {
    const { code, dst, src } = program.insns[index];
    const kind = code & 7;
    const isMove = (kind === 7 || kind === 4) && (code & 0xf0) === 0xb0;
    const reads = code === 0x95 ? [0] : kind === 1 || kind === 0 || isMove ? [src] : [dst, src];
    if (kind !== 0 && !(isMove && (code & 8) === 0)) for (const r of reads) if (!written.has(r)) needed.add(r);
    if (kind === 0 || kind === 1 || kind === 4 || kind === 7) written.add(dst);
    if (code === CALL_CODE) for (let r = 0; r <= 5; r++) written.add(r);
  }
  const keepers = unusedRegisters(program, [9, 8, 7, 6]);
  const before: Instruction[] = [];
  const after: Instruction[] = [];
  for (const register of [...needed].filter((each) => each <= 5)) {
    const value = state.get(`R${register}`) ?? "?";
    if (value === "?" || /\bref_obj_id=/.test(value)) continue;
    if (/^P?-?\d+$/.test(value)) {
      after.push(move(register, Number(value.replace("P", ""))));
      continue;
    }
    const keeper = keepers.pop();
    if (keeper === undefined) return undefined;
    before.push(copy(keeper, register));
    after.push(copy(register, keeper));
  }
  return { before, after };
}

/** Instructions on one side of a jump only. */
function onBranch(
  program: ProgramSpec,
  at: number,
  taken: boolean,
  added: readonly Instruction[],
  { name }: Release,
  origin: HistoryStep,
): Candidate {
  const jump = program.insns[at];
  const condition = conditionInWords(jump, taken);
  const line = program.lines?.[at];
  const where = line && line.line > 0 ? `line ${line.line}` : `instruction ${at}`;
  const title = `Call ${name} at ${where}, on the side where ${condition}`;
  let changed: ProgramSpec;
  if (!taken) changed = insertAfter(program, at, added);
  else {
    // Behind the jump: over it, the new instructions, and on to where the jump led.
    const size = added.length + 2;
    const target = at + 1 + jump.offset;
    const moved = target > at ? target + size : target;
    const block = [goTo(added.length + 1), ...added];
    const back = goTo(moved - (at + 1 + block.length) - 1);
    const inserted = insertAfter(program, at, [...block, back]);
    changed = { ...inserted, insns: inserted.insns.with(at, { ...jump, offset: 1 }) };
  }
  return {
    title,
    edits: [],
    changed,
    ...(sourceForm(program) === "c" ? cDiff(program, at, condition, name, origin) : {}),
  };
}

function cDiff(
  { lines }: ProgramSpec,
  at: number,
  condition: string,
  name: string,
  origin: HistoryStep,
): { diff?: string } {
  const line = lines?.[at]?.text.trim();
  const text = origin.line?.text ?? "";
  const object =
    /(\w+)\s*=\s*(?:\([^)]*\)\s*)?bpf_\w+\s*\(/.exec(text)?.[1] ?? /(&\w+)\s*(?:,[^,&]*)?\)/.exec(text)?.[1];
  const begun = /_new\((&\w+)/.exec(text)?.[1];
  const argument = begun ?? object;
  if (!line || argument === undefined) return {};
  const flags = name.startsWith("bpf_ringbuf_") ? ", 0" : "";
  return { diff: `  ${line}\n+ // on the side where ${condition}:\n+     ${name}(${argument}${flags});` };
}
