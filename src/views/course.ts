/** What the course says: checks of exercises, hints, progress. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";

/** A check as this view needs it. */
export interface CheckView {
  readonly exercise: string;
  readonly title: string;
  readonly passed: boolean;
  readonly tests: readonly { readonly what: string; readonly passed: boolean; readonly detail?: string }[];
  readonly advice: string | undefined;
  readonly hints: number;
}

/** The mime type under which graders and tests find what a check said. */
export const CHECK_MIME = "application/vnd.bpfbook.check+json";

const mark = (passed: boolean) => (passed ? "✓" : "✗");

/** A headline, a line a test, and what to think about next. */
export function renderCheck({ exercise, title, passed, tests, advice, hints }: CheckView): MimeBundle {
  const count = tests.filter((test) => test.passed).length;
  const how = passed
    ? `passed (${plural(count, "test")})`
    : `not yet: ${count} of ${plural(tests.length, "test")} passed`;
  const next = passed ? undefined : `hint("${exercise}") gives the first of ${plural(hints, "hint")}.`;
  const line = ({ what, detail }: CheckView["tests"][number]) => (detail === undefined ? what : `${what}: ${detail}`);
  const bundle = viewBundle({
    label: `Exercise ${exercise}, ${title}: ${how}`,
    body: html`<p style="${STYLE.headline}"><span style="${passed ? STYLE.good : STYLE.bad}">${mark(passed)}</span> <strong>${exercise} ${title}</strong>: ${how}</p><ul style="list-style:none;margin:0;padding-left:12px">${tests.map(
      (test) => html`<li>${mark(test.passed)} ${line(test)}</li>`,
    )}</ul>${advice !== undefined && html`<p><strong>Look here:</strong> ${advice}</p>`}${next !== undefined && html`<p>${next}</p>`}`,
    text: [
      `${mark(passed)} ${exercise} ${title}: ${how}`,
      ...tests.map((test) => `  ${mark(test.passed)} ${line(test)}`),
      ...(advice === undefined ? [] : [`  Look here: ${advice}`]),
      ...(next === undefined ? [] : [`  ${next}`]),
    ].join("\n"),
  });
  return { ...bundle, [CHECK_MIME]: { exercise, passed, tests: tests.length, passedTests: count } };
}

/** A hint as this view needs it. */
export interface HintView {
  readonly exercise: string;
  readonly text: string;
  readonly step: number;
  readonly of: number;
}

export function renderHint({ exercise, text, step, of }: HintView): MimeBundle {
  const head = `Hint ${step} of ${of} for ${exercise}`;
  return viewBundle({ label: head, body: html`<p><strong>${head}:</strong> ${text}</p>`, text: `${head}: ${text}` });
}

/** Progress as this view needs it. */
export interface ProgressView {
  lessons(): readonly {
    readonly lesson: string;
    readonly passed: readonly string[];
    readonly open: readonly string[];
  }[];
}

/** A square an exercise, full where it was passed. */
const squares = ({ passed, open }: { readonly passed: readonly string[]; readonly open: readonly string[] }) =>
  "■".repeat(passed.length) + "□".repeat(open.length);

/** One lesson as this view needs it. */
export type StandingView = ReturnType<ProgressView["lessons"]>[number];

/** One lesson in two lines: what is passed and what is open, and how it outlives Binder. */
export function renderStanding(standing: StandingView): MimeBundle {
  const { lesson, passed, open } = standing;
  const name = lesson === "inv" ? "Investigations" : `Lesson ${lesson}`;
  const how = `${passed.length} of ${plural(passed.length + open.length, "exercise")} passed`;
  const left = open.length === 0 ? "" : `; open: ${open.join(", ")}`;
  const keep = [
    "It is kept in a file of yours. Binder forgets it:",
    "progress.export()",
    "gives a text to keep,",
    "progress.import(text)",
    "takes it back.",
  ] as const;
  return viewBundle({
    label: `${name}: ${how}`,
    body: html`<p style="${STYLE.headline}"><strong>${name}</strong> <span aria-hidden="true">${squares(standing)}</span> ${how}${left}</p><p>${keep[0]} <code>${keep[1]}</code> ${keep[2]} <code>${keep[3]}</code> ${keep[4]}</p>`,
    text: `${name} ${squares(standing)} ${how}${left}\n  ${keep.join(" ")}`,
  });
}

/** A bar a lesson, and the exercises that are open. */
export function renderProgress(progress: ProgressView): MimeBundle {
  const lessons = progress.lessons();
  const passed = lessons.reduce((sum, lesson) => sum + lesson.passed.length, 0);
  const all = lessons.reduce((sum, lesson) => sum + lesson.passed.length + lesson.open.length, 0);
  const head = `${passed} of ${plural(all, "exercise")} passed`;
  const open = (lesson: (typeof lessons)[number]) =>
    lesson.open.length > 0 ? `open: ${lesson.open.join(", ")}` : "done";
  return viewBundle({
    label: `Progress: ${head}`,
    body: html`<p style="${STYLE.headline}"><strong>Progress</strong>: ${head}</p><table style="${STYLE.table}"><tbody>${lessons.map(
      (lesson) =>
        html`<tr><th scope="row" style="${STYLE.cell}">${lesson.lesson}</th><td style="${STYLE.cell}" aria-hidden="true">${squares(lesson)}</td><td style="${STYLE.cell}">${open(lesson)}</td></tr>`,
    )}</tbody></table>`,
    text: [
      `Progress: ${head}`,
      ...lessons.map((lesson) => `  ${lesson.lesson} ${squares(lesson)} ${open(lesson)}`),
    ].join("\n"),
  });
}
