/** A program and what the verifier said of it. */

import { disassemble } from "../asm/disassemble.ts";
import { helperName } from "../helpers/names.ts";
import { findWitness, type Witness } from "../linux/witness/witness.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Explanation } from "../verifier/explain.ts";
import type { Verdict } from "../verifier/verdict.ts";
import { refusalText } from "../verifier/verification.ts";
import { viewBundle } from "./bundle.ts";
import { historyLane } from "./history-lane.ts";
import { breakable, type Html, html } from "./html.ts";
import { listInstructions, listingTable, listingText, squeeze } from "./listing.ts";
import { firstStates, lastPath, type RegisterChange, registerChanges } from "./log-states.ts";
import { shortState } from "./short-state.ts";
import { inWords } from "./state-words.ts";
import { STYLE } from "./style.ts";
import { table, textTable } from "./table.ts";
import { witnessHtml, witnessText } from "./witness.ts";

/** Of an explanation, what is shown; all but the cause may be missing. */
export type ShownExplanation = Pick<Explanation, "cause"> &
  Partial<Omit<Explanation, "history">> & { readonly history?: readonly ShownStep[] };

/** What this view draws. */
export interface VerdictView {
  readonly program: ProgramSpec;
  readonly verdict: Verdict;
  readonly explanation?: ShownExplanation;
  /** An input that leads to the refusal; looked for where none is given. */
  readonly witness?: Witness;
}

/** Accepted: cost and annotated listing. Rejected: the message, the place, how it came to that, ways out, the log. */
export function renderVerdict(view: VerdictView): MimeBundle {
  return view.verdict.ok ? accepted(view) : rejected(view);
}

function accepted({ program, verdict }: VerdictView): MimeBundle {
  const cost = `processed ${plural(verdict.processed, "insn")}, ${plural(stackBytes(verdict), "byte")} of stack`;
  const states = firstStates(verdict.log);
  const notes = { known: states.size > 0 ? states : undefined, facts: verdict.facts };
  return viewBundle({
    label: `${program.name}: accepted by the verifier`,
    body: html`<p style="${STYLE.headline}"><strong style="${STYLE.good}">✓ accepted</strong> <strong>${program.name}</strong> (${program.type}): ${cost}</p>
${listingTable(program, notes)}`,
    text: `✓ ${program.name} (${program.type}): accepted, ${cost}\n\n${listingText(program, notes)}`,
  });
}

/** Tries decide, not time, so that what is found is the same on every run; time ends it on a machine that stands still. */
const WITNESS_LIMITS = { tries: 1_000, time: 5_000 };

/** Adds an input that goes wrong to what is known of a refusal, if one is found. An endless loop needs no input. */
export function withWitness(view: VerdictView): VerdictView {
  const { program, verdict, explanation } = view;
  if (verdict.ok || view.witness !== undefined || explanation?.loop !== undefined) return view;
  const found = findWitness(program, WITNESS_LIMITS);
  const needs = [found?.elements, found?.context, found?.random].some((part) => part !== undefined && part.length > 0);
  // A random packet on which nothing goes wrong explains nothing, and neither does "any input".
  const tells = found?.fault !== undefined || (found?.packet === undefined && needs);
  const witness = tells ? found : undefined;
  return { program, verdict, ...(explanation ? { explanation } : {}), ...(witness ? { witness } : {}) };
}

function rejected(view: VerdictView): MimeBundle {
  const { program, verdict, explanation, witness } = withWitness(view);
  const { at, errno = "EINVAL" } = verdict;
  const error = refusalText(verdict);
  const instructions = new Map(listInstructions(program, verdict.facts).map(({ index, text }) => [index, text]));
  const place = at === undefined ? undefined : placeOf(program, at, instructions);
  const steps: readonly ShownStep[] = explanation?.history ?? historyFromLog(verdict);
  const history = steps.length > 0 ? historyRows(steps, verdict, instructions) : [];
  const lane = at === undefined ? undefined : historyLane(steps, at, [...instructions.keys()]);
  const branch = explanation?.branch && branchRows(program, explanation.branch, instructions);
  const fixes = explanation?.fixes ?? [];
  const mend = fixes.length === 0 ? explanation?.mend : undefined;
  const cause = [explanation?.cause, mend].filter(Boolean).join(" ");
  const ways = fixes.some(({ next }) => next !== undefined) ? "One step of the way" : "Ways out, each verified";
  const lesson = explanation?.lesson;
  const more = explanation?.message && `explain("${explanation.message}")`;
  return viewBundle({
    label: `${program.name}: rejected by the verifier: ${error}`,
    body: html`<p style="${STYLE.headline}"><strong style="${STYLE.bad}">✗ rejected</strong> <strong>${program.name}</strong> (${program.type}), ${errno}: <code style="${STYLE.mono}">${error}</code></p>
${place && html`<p style="${STYLE.headline}">At ${place.where}: <code style="${STYLE.mono}">${place.text}</code></p>`}
${cause && html`<p style="${STYLE.headline}">${cause}</p>`}
${history.length > 0 && historyTable(history)}
${branch && branchTable(branch)}
${witness && witnessHtml(witness)}
${fixes.length > 0 && fixList(ways, fixes)}
${listingTable(program, { at, lane, facts: verdict.facts })}
${lesson && html`<p style="${STYLE.headline}">More about this message: ${more && html`<code style="${STYLE.mono}">${more}</code> in a cell, or `}<code style="${STYLE.mono}">${lesson}</code></p>`}
${logDetails(verdict.log)}`,
    text: [
      `✗ ${program.name} (${program.type}): rejected, ${errno}\n  ${error}`,
      ...(place ? [`  at ${place.where}: ${place.text}`] : []),
      ...(cause ? [`\n${cause}`] : []),
      ...(history.length > 0 ? [`\nHow it came to this:\n${indent(textTable(history))}`] : []),
      ...(branch ? [`\n${branch.title}:\n${indent(textTable(branch.rows))}`] : []),
      ...(witness ? [`\n${witnessText(witness)}`] : []),
      ...(fixes.length > 0 ? [`\n${ways}:\n${fixes.map(fixText).join("\n")}`] : []),
      `\n${listingText(program, { at, facts: verdict.facts })}`,
      ...(lesson ? [`\nMore about this message: ${lesson}${more ? `, or in a cell ${more}` : ""}`] : []),
    ].join("\n"),
  });
}

/** A step of a history, or a change that the log tells. */
type ShownStep = RegisterChange & { readonly learned?: string; readonly rounds?: number; readonly more?: boolean };

/** The branch that decides: a row for each side, with what holds there and what becomes of it. */
function branchRows(
  program: ProgramSpec,
  { at, register, refused, fine, ends }: NonNullable<Explanation["branch"]>,
  instructions: ReadonlyMap<number, string>,
) {
  const { where, text } = placeOf(program, at, instructions);
  const held = (value: string | undefined): string => {
    if (register === undefined || value === undefined) return "";
    const words = inWords(value);
    return `${register}=${shortState(value)}${words ? `: ${words}` : ""}`;
  };
  const outcome = ends === "same" ? "comes to the same instruction, and is fine" : "does not come there";
  return {
    title: `The branch that decides, at ${where}: ${text}`,
    rows: [
      ["✗", refused.condition, "this path: refused", held(refused.value)],
      ["✓", fine.condition, outcome, held(fine.value)],
    ],
  };
}

function branchTable({ title, rows }: ReturnType<typeof branchRows>): Html {
  return table(
    title,
    [{ title: "" }, { title: "where", kind: "code" }, { title: "the program" }, { title: "holds", kind: "note" }],
    rows.map((cells) => ({ mark: cells[0] === "✗", cells: [...cells.slice(0, 3), breakable(cells[3])] })),
  );
}

function stackBytes({ stackDepth }: Verdict): number {
  return Math.max(0, ...stackDepth);
}

function placeOf(program: ProgramSpec, at: number, instructions: ReadonlyMap<number, string>) {
  const line = program.lines?.[at];
  return {
    where: `instruction ${at}${line ? `, line ${line.line}` : ""}`,
    text: line ? squeeze(line.text) : (instructions.get(at) ?? ""),
  };
}

/** The register that the message names, followed back through the log. */
function historyFromLog({ error, log }: Verdict): readonly RegisterChange[] {
  const register = /\bR\d+\b/.exec(error ?? "")?.[0];
  return register ? registerChanges(lastPath(log), register) : [];
}

/** A row a change, and last the instruction that cannot be: sign, index, instruction, state, the same in words. */
function historyRows(steps: readonly ShownStep[], { at, error }: Verdict, instructions: ReadonlyMap<number, string>) {
  const often = (rounds: number, more = false) =>
    more ? `more than ${rounds} times, one of them is shown` : `${rounds} times, the last one is shown`;
  const rows = steps.map((step) => [
    "↓",
    String(step.at),
    instructions.get(step.at) ?? "",
    step.value === "" ? "" : `${step.register}=${shortState(step.value)}`,
    [step.learned ?? inWords(step.value), step.rounds && often(step.rounds, step.more)].filter(Boolean).join("; "),
  ]);
  return at === undefined ? rows : [...rows, ["✗", String(at), instructions.get(at) ?? "", error ?? "", ""]];
}

function historyTable(rows: readonly (readonly string[])[]): Html {
  return table(
    "How it came to this",
    [
      { title: "" },
      { title: "insn", kind: "number" },
      { title: "instruction", kind: "code" },
      { title: "after it", kind: "note" },
    ],
    rows.map(([sign, at, instruction, state, words]) => ({
      mark: sign === "✗",
      cells: [sign, at, instruction, html`${breakable(state)}${words !== "" && html`<br><em>${words}</em>`}`],
    })),
  );
}

/** Diffs, and below each the whole program with the change: one click selects it, as no script may copy it. */
function fixList(ways: string, fixes: Explanation["fixes"]): Html {
  const items = fixes.map(
    ({ title, diff, next, program }, index) =>
      html`<li>${title}${next && html`; then the verifier says: <code style="${STYLE.mono}">${next}</code>`}${diff && html`<pre style="${STYLE.log}">${diffLines(diff)}</pre>`}<details><summary>The program with this change</summary><pre style="${STYLE.whole}" title="a click selects all">${wholeText(program)}</pre><p style="${STYLE.headline}">Or load it as it is: <code style="${STYLE.mono}">m.load(verify(program).explanation.fixes[${index}].program)</code></p></details></li>`,
  );
  return html`<p style="${STYLE.headline}"><strong>${ways}</strong></p><ol>${items}</ol>`;
}

/** What the assembler takes: the instructions anew, as comments and names of the text are not those of the program. */
const wholeText = ({ insns, maps }: ProgramSpec): string =>
  disassemble(insns, { helperName, mapName: (index) => maps[index]?.name });

/** Added and removed lines are told apart by element and sign, not only by tint. */
function diffLines(diff: string): Html[] {
  return diff.split("\n").map((line) => {
    if (line.startsWith("+")) return html`<ins style="${STYLE.added}">${line}</ins>\n`;
    if (line.startsWith("-")) return html`<del style="${STYLE.removed}">${line}</del>\n`;
    return html`${line}\n`;
  });
}

function fixText({ title, diff, next }: Explanation["fixes"][number], index: number): string {
  const then = next === undefined ? "" : `; then the verifier says: ${next}`;
  return `  ${index + 1}. ${title}${then}${diff ? `\n${indent(diff, "       ")}` : ""}`;
}

/** Lines of the log that are shown: the end of it, where the path to the fault is. */
const LOG_LINES = 60;

function logDetails(log: string): Html | false {
  if (log === "") return false;
  const lines = log.trimEnd().split("\n");
  const size = plural(lines.length, "line");
  const title = lines.length > LOG_LINES ? `the last ${LOG_LINES} of ${size}; verdict.log has all` : size;
  return html`<details><summary>The verifier's log (${title})</summary><pre style="${STYLE.log}">${lines.slice(-LOG_LINES).join("\n")}</pre></details>`;
}

function indent(text: string, by = "  "): string {
  return text.replace(/^/gm, by);
}
