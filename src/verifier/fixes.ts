/** Changes that make a refused program acceptable. Each is verified before it is shown. */
import type { ProgramSpec } from "../programs/spec.ts";
import { diffInC } from "./fix-c.ts";
import { type Candidate, candidatesFor } from "./fix-candidates.ts";
import { applyEdits, diffOf, type Edit, sourceForm } from "./fix-edits.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

export interface Fix {
  readonly title: string;
  /** Lines of the source, or of the listing where there is none; `+` in front of new ones, `-` of old ones, a space of others. */
  readonly diff?: string;
  /** What the verifier says after the change, where it finds fault with something else; undefined: it accepts the program. */
  readonly next?: string;
  /** The program with the change made: it can be loaded as it is. */
  readonly program: ProgramSpec;
}

const MAX_FIXES = 3;
/** Changes that are tried: each costs a verification. */
const MAX_TRIED = 12;

/** Up to three changes after which the program is accepted; if there is none, one after which something later is refused. */
export function findFixes(
  program: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
  verdictOn: (changed: ProgramSpec) => Verdict,
  kernelFunction: (name: string) => number | undefined,
): Fix[] {
  const fixes: Fix[] = [];
  const found = new Set<string>();
  let partial: Fix | undefined;
  for (const candidate of candidatesFor(program, verdict, history, kernelFunction).slice(0, MAX_TRIED)) {
    if (fixes.length === MAX_FIXES) break;
    const { title, edits, family } = candidate;
    if (family !== undefined && found.has(family)) continue;
    const changed = candidate.changed ?? applyEdits(declared(program, candidate), edits);
    const answer = verdictOn(changed);
    const shown: Fix = { title, ...diffFor(program, verdict, candidate, history), program: changed };
    if (answer.ok) {
      fixes.push(shown);
      if (family !== undefined) found.add(family);
    } else if (partial === undefined && isLater(verdict, answer, edits)) partial = { ...shown, next: answer.error };
  }
  return fixes.length === 0 && partial ? [partial] : fixes;
}

/** The program as it is declared anew. */
const declared = (program: ProgramSpec, { license, sleepable }: Candidate): ProgramSpec => ({
  ...program,
  ...(license === undefined ? {} : { license }),
  ...(sleepable === undefined ? {} : { sleepable }),
});

function diffFor(
  program: ProgramSpec,
  { at, facts: symbols }: Verdict,
  { edits, license, sleepable, changed, diff: own, about }: Candidate,
  history: readonly HistoryStep[],
): { diff?: string } {
  const form = sourceForm(program);
  if (license !== undefined) {
    return { diff: form === "c" ? `+ char _license[] SEC("license") = "${license}";` : `+ license: "${license}"` };
  }
  if (sleepable) return form === "c" ? {} : { diff: "+ sleepable: true" };
  if (changed !== undefined) return own === undefined ? {} : { diff: own };
  if (form === "c") {
    const diff = at === undefined ? undefined : diffInC(program, at, about, history);
    const numbers = diff ?? numberInC(program, edits);
    if (numbers !== undefined) return { diff: numbers };
  }
  return { diff: diffOf(program, edits, symbols) };
}

/** A constant that changes, in the line of C that shows it. */
function numberInC({ insns, lines }: ProgramSpec, edits: readonly Edit[]): string | undefined {
  const [edit] = edits;
  if (edits.length !== 1 || !edit.replaces || insns[edit.at].code !== edit.added[0].code) return undefined;
  const line = lines?.[edit.at]?.text.trim() ?? "";
  const changed = line.replace(new RegExp(`\\b${insns[edit.at].imm}\\b`), String(edit.added[0].imm));
  return changed === line ? undefined : `- ${line}\n+ ${changed}`;
}

/** The program gets further than before, and fails for another reason. */
function isLater(before: Verdict, after: Verdict, edits: readonly Edit[]): boolean {
  if (after.message === before.message || before.at === undefined || after.at === undefined) return false;
  const added = edits.reduce((sum, { added: own, replaces }) => sum + (replaces ? 0 : own.length), 0);
  return after.at > before.at + added;
}
