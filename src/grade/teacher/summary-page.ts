import { xmlText } from "../writers/junit.ts";
import { htmlTable, teacherPage } from "./page.ts";
import type { AssignmentSummary, ClassSummary, Counted } from "./summary.ts";

const percent = (part: number, of: number): number => (of === 0 ? 0 : Math.round((100 * part) / of));
const most = ({ messages }: { readonly messages: readonly Counted[] }): string =>
  messages
    .slice(0, 2)
    .map(({ text, count }) => `${count} × ${text}`)
    .join("\n");
const spread = ({ quartiles: [least, quarter, half, threeQuarters, top], mean, maxScore }: AssignmentSummary): string =>
  `of ${maxScore} points: mean ${mean}, half of them from ${quarter} to ${threeQuarters} around ${half}, all from ${least} to ${top}`;

/** How scores lie, as bars with their numbers. */
function bars({ tenths, assignment }: AssignmentSummary): string {
  const top = Math.max(1, ...tenths);
  const each = tenths.map((count, at) => {
    const [height, x] = [Math.round((70 * count) / top), 44 * at];
    const label = count === 0 ? "" : `<text x="${x + 20}" y="${80 - height}" text-anchor="middle">${count}</text>`;
    const from = `<text x="${x + 20}" y="100" text-anchor="middle">${10 * at}+</text>`;
    return `<rect x="${x}" y="${85 - height}" width="40" height="${height}"/>${label}${from}`;
  });
  const told = tenths.map((count, at) => `${count} from ${10 * at} %`).join(", ");
  return `<svg viewBox="0 0 440 105" width="440" height="105" role="img" aria-label="${xmlText(`Scores of ${assignment}: ${told}`)}">${each.join("")}</svg>`;
}

const list = (title: string, items: readonly Counted[]): string =>
  items.length === 0
    ? ""
    : `<h3>${title}</h3>${htmlTable(
        ["students", "what", "for example"],
        items.map(({ count, text, example }) => [count, text, example]),
      )}`;

/** The summary as a page that loads nothing. */
export function summaryPage({ assignments, errors }: ClassSummary): string {
  const sections = assignments.map((one) => {
    const rows = one.tests.map((test) => [
      percent(one.graded - test.passed, one.graded),
      `${test.id} ${test.title}`,
      `${test.mean} of ${test.maxPoints}`,
      most(test),
    ]);
    return (
      `<section><h2>${xmlText(one.assignment)}: ${one.graded} graded</h2><p>Scores ${xmlText(spread(one))}.` +
      `${one.adjusted === 0 ? "" : ` ${one.adjusted} were changed after grading.`}</p>\n${bars(one)}\n` +
      `<h3>Tests, those that fail most first</h3>${htmlTable(["% not passed", "test", "mean points", "what they say most"], rows)}` +
      `${list("What the verifier says most", one.verifier)}${list("Mistakes that were recognised", one.hints)}</section>`
    );
  });
  const wrong = list("What could not be graded", errors);
  const body = sections.length === 0 ? "<p>Nothing was graded.</p>" : sections.join("\n");
  return teacherPage(
    "A class's results",
    `${body}\n${wrong}\n<p>Hidden tests stand here by their titles: the page is the teacher's.</p>`,
  );
}

/** The same for a terminal. */
export function summaryText({ assignments, errors }: ClassSummary): string {
  const lines = assignments.flatMap((one) => [
    `${one.assignment}: ${one.graded} graded; scores ${spread(one)}${one.adjusted === 0 ? "" : `; ${one.adjusted} changed after grading`}`,
    ...one.tests.map(
      (test) =>
        `  ${String(percent(one.graded - test.passed, one.graded)).padStart(3)} % do not pass ${test.id} ${test.title} (mean ${test.mean} of ${test.maxPoints})` +
        (test.messages[0] === undefined ? "" : `\n          ${test.messages[0].count} x ${test.messages[0].text}`),
    ),
    ...told("the verifier", one.verifier),
    ...told("recognised", one.hints),
  ]);
  const all = [...lines, ...told("could not be graded", errors)];
  return all.length === 0 ? "there are no results\n" : `${all.join("\n")}\n`;
}

const told = (what: string, items: readonly Counted[]): readonly string[] =>
  items.map(({ count, text, example }) => `  ${what}: ${count} x ${text} (${example})`);
