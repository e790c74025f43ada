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
import { shortState } from "../short-state.ts";
import { inWords } from "../state-words.ts";
import { type StepperButton, stepperListing, stepperToolbar } from "../stepper.ts";
import { STYLE } from "../style.ts";
import { table } from "../table.ts";
import { branchDepth, branchEnd, branchOrigin } from "./branches.ts";
import { scalarPicture } from "./scalar.ts";
import { STEPS_SCRIPT } from "./script.ts";

/** What this view draws. */
export interface VerifierStepsView {
  readonly program: ProgramSpec;
  readonly verdict: Verdict;
  readonly exploration: Exploration;
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
  const data = JSON.stringify(dataOf(view));
  const body = html`<p style="${STYLE.headline}"><strong>${program.name}</strong>: ${outcome}; ${size}</p>
<div data-part="stepper" style="display:none">${stepperToolbar(BUTTONS, Math.max(0, Math.min(steps.length, MOST_STEPS) - 1), "step")}
<div style="display:flex;flex-wrap:wrap;gap:16px">${stepperListing(program)}<div data-part="state"></div></div></div>
${table("Branches", COLUMNS, rows)}${rest && html`<p style="${STYLE.headline}">${rest}</p>`}`;
  return {
    "text/html":
      html`<div role="group" aria-label="${label}" style="${STYLE.view}" data-bpf-verifier="${data}">${body}</div>${STEPS_SCRIPT}`.toString(),
    "text/plain": [label, ...shown.map((branch) => branchLine(exploration, branch)), ...(rest ? [rest] : [])].join(
      "\n",
    ),
  };
}

const COLUMNS = [
  { title: "branch", kind: "number" },
  { title: "where it comes from" },
  { title: "goes on at", kind: "number" },
  { title: "how far it went" },
] as const;

const BUTTONS: readonly StepperButton[] = [
  ["first", "|◀", "to the beginning"],
  ["previous", "◀◀", "to the branch before"],
  ["back", "◀ back", "one step back"],
  ["step", "step ▶", "one step forwards"],
  ["next", "▶▶", "to the next branch"],
  ["last", "▶|", "to the end"],
];

function branchLine(exploration: Exploration, branch: Branch): string {
  const indent = "  ".repeat(branchDepth(exploration, branch));
  return `${indent}branch ${branch.number}, ${branchOrigin(exploration, branch)}, on at ${branch.insn}: ${branchEnd(exploration, branch)}`;
}

/** What the script reads: what each branch begins with, what each step changes, and each state once. */
function dataOf({ exploration }: VerifierStepsView): object {
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
  return {
    branches: branches
      .filter(({ first }) => first < MOST_STEPS)
      .map((branch) => ({
        first: branch.first,
        count: branch.count,
        end: branchEnd(exploration, branch),
        entry: cursor
          .goToBranch(branch.number)
          .frames()
          .flatMap((frame, index) => Object.entries(frame).map(([name, value]) => [index, name, state(value)])),
      })),
    steps: kept.map(({ insn, branch, frames, checkpoint }, at) => [
      ...[insn, branch, frames],
      (checkpoint ? 1 : 0) + (asked.has(at) ? 2 : 0),
      changesOf(exploration, at).map(({ frame, name, value }: Change) => [frame, name, state(value)]),
    ]),
    states: states.map((value) => {
      const picture = scalarPicture(value);
      return [
        value === "?" ? "" : shortState(value),
        inWords(value) ?? "",
        ...(picture
          ? [
              [picture.bar.from, picture.bar.to, picture.bar.zero].map((part) => Math.round(part * 1000) / 10),
              picture.bar.least,
              picture.bar.most,
              picture.bits,
            ]
          : []),
      ];
    }),
  };
}
