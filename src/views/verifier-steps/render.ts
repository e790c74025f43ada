/** What the verifier did, step by step: the branches, and at each step what is known, with ranges and bits drawn. */
import type { MimeBundle } from "../../plot/displayable.ts";
import { grouped, plural } from "../../plot/format.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import {
  type Branch,
  type Change,
  changesOf,
  type Exploration,
  ExplorationCursor,
} from "../../verifier/exploration.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { refusalText } from "../../verifier/verification.ts";
import { html } from "../html.ts";
import { interactiveBundle } from "../interactive.ts";
import { listInstructions } from "../listing.ts";
import { shortState } from "../short-state.ts";
import { inWords } from "../state-words.ts";
import { STYLE } from "../style.ts";
import { table } from "../table.ts";
import { branchDepth, branchEnd, branchOrigin } from "./branches.ts";
import type { ExplorerData, ShownState } from "./explorer.client.ts";
import { EXPLORER_CLIENT } from "./explorer.client-text.ts";
import { type ObservedRun, observedValues } from "./observed.ts";
import { scalarPicture } from "./scalar.ts";

/** What this view draws. */
export interface VerifierStepsView {
  readonly program: ProgramSpec;
  readonly verdict: Verdict;
  readonly exploration: Exploration;
  /** Runs whose values are laid over what is known. */
  readonly runs?: readonly ObservedRun[];
}

/** Steps that the page holds, and branches that are listed: a page must stay light. */
const MOST_STEPS = 1_500;
const MOST_BRANCHES = 200;

/** A stepper through the verification; where no script may run, the table of branches. */
export function renderVerifierSteps(view: VerifierStepsView): MimeBundle {
  const { program, verdict, exploration } = view;
  const { branches, steps } = exploration;
  const outcome = verdict.ok ? "accepted" : `rejected: ${refusalText(verdict)}`;
  const size = `${plural(branches.length, "branch", "branches")}, ${plural(steps.length, "step")}`;
  const label = `${program.name}, what the verifier did: ${outcome}, ${size}`;
  const shown = branches.slice(0, MOST_BRANCHES);
  const rest = branches.length > shown.length ? `and ${grouped(branches.length - shown.length)} more branches` : "";
  const rows = shown.map((branch) => ({
    mark: branch.end === "refused",
    cells: [branch.number, branchOrigin(exploration, branch), branch.insn, branchEnd(exploration, branch)],
  }));
  return interactiveBundle({
    kind: "Verifier explorer",
    label,
    text: [label, ...shown.map((branch) => branchLine(exploration, branch)), ...(rest ? [rest] : [])].join("\n"),
    data: dataOf(view, outcome),
    client: EXPLORER_CLIENT,
    height: heightOf(branches.length, program.insns.length),
    folded: [
      "The branches as a table",
      html`${table("Branches", COLUMNS, rows)}${rest && html`<p style="${STYLE.headline}">${rest}</p>`}`,
    ],
  });
}

/** Of the frame, in pixels: the tree and the program up to where they scroll. */
const heightOf = (branches: number, rows: number): number =>
  200 + Math.min(88, 18 * branches + 2) + Math.min(330, Math.max(230, 18 * rows));

const COLUMNS = [
  { title: "branch", kind: "number" },
  { title: "where it comes from" },
  { title: "goes on at", kind: "number" },
  { title: "how far it went" },
] as const;

function branchLine(exploration: Exploration, branch: Branch): string {
  const indent = "  ".repeat(branchDepth(exploration, branch));
  return `${indent}branch ${branch.number}, ${branchOrigin(exploration, branch)}, on at ${branch.insn}: ${branchEnd(exploration, branch)}`;
}

const SIGNS: Readonly<Record<Branch["end"], string>> = { exit: "✓", refused: "✗", covered: "⊆", cut: "…" };

/** What the client reads: what each branch begins with, what each step changes, and each state once. */
function dataOf({ program, exploration, runs = [] }: VerifierStepsView, outcome: string): ExplorerData {
  const { branches, steps, marks } = exploration;
  const cursor = new ExplorationCursor(exploration);
  const states: string[] = [];
  const numbers = new Map<string, number>();
  const state = (value: string): number => {
    let number = numbers.get(value);
    if (number === undefined) {
      number = states.push(value) - 1;
      numbers.set(value, number);
    }
    return number;
  };
  const kept = steps.slice(0, MOST_STEPS);
  const asked = new Set(marks.map(({ by }) => by));
  const shown = branches.filter(({ first }) => first < MOST_STEPS).slice(0, MOST_BRANCHES);
  const all = listInstructions(program);
  const reached = new Set(kept.map(({ insn }) => insn));
  return {
    ...{ name: program.name, outcome, values: observedValues(runs) },
    rows: (all.length <= MOST_STEPS ? all : all.filter(({ index }) => reached.has(index))).map(
      ({ index, text, source }) => (source ? [index, text, source.line, source.text] : [index, text]),
    ),
    branches: shown.map((branch) => ({
      ...{ first: branch.first, count: branch.count, at: branch.at, sign: SIGNS[branch.end] },
      depth: branchDepth(exploration, branch),
      from: branchOrigin(exploration, branch),
      end: branchEnd(exploration, branch),
      ...(branch.coveredBy === undefined || branch.coveredBy >= kept.length ? {} : { older: branch.coveredBy }),
      entry: cursor
        .goToBranch(branch.number)
        .frames()
        .flatMap((frame, index) => Object.entries(frame).map(([name, value]) => [index, name, state(value)] as const)),
    })),
    steps: kept
      .slice(0, (shown.at(-1)?.first ?? 0) + (shown.at(-1)?.count ?? 0))
      .map(
        ({ insn, branch, frames, checkpoint }, at) =>
          [
            ...([insn, branch, frames, (checkpoint ? 1 : 0) + (asked.has(at) ? 2 : 0)] as const),
            changesOf(exploration, at).map(({ frame, name, value }: Change) => [frame, name, state(value)] as const),
          ] as const,
      ),
    states: states.map(shownState),
  };
}

function shownState(value: string): ShownState {
  const picture = scalarPicture(value);
  const text = value === "?" ? "" : shortState(value);
  const words = inWords(value) ?? "";
  if (picture === undefined) return [text, words];
  const { from, to, zero, least, most } = picture.bar;
  const percent = (part: number): number => Math.round(part * 1000) / 10;
  return [text, words, [percent(from), percent(to), percent(zero)], least, most, picture.bits];
}
