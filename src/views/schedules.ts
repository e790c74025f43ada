/** The ways in which runs on several CPUs can end, each as the schedule that leads there. */
import { DIRECT_MAP } from "../memory/memory.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { grouped, plural } from "../plot/format.ts";
import type { Outcome } from "../vm/schedule/exploration.ts";
import type { StoryLine } from "../vm/schedule/story.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { table, textTable } from "./table.ts";

/** An exploration as this view needs it. */
export interface SchedulesView {
  readonly outcomes: readonly Outcome[];
  readonly states: number;
  readonly complete: boolean;
}

/** Outcomes that are shown, and lines of each: the last ones, where it is decided. */
const MOST_OUTCOMES = 12;
const MOST_LINES = 60;

/** One table an outcome: a column a CPU, a row an instruction that touches what they share. */
export function renderSchedules({ outcomes, states, complete }: SchedulesView): MimeBundle {
  const ways = outcomes.length === 1 ? "one way to end" : `${grouped(outcomes.length)} ways to end`;
  const how = complete ? "there is no other" : "not all schedules were tried";
  const facts = `${ways}; ${how} (${plural(states, "state")} visited)`;
  const shown = outcomes.slice(0, MOST_OUTCOMES);
  const rest = outcomes.length > MOST_OUTCOMES ? [`and ${plural(outcomes.length - MOST_OUTCOMES, "other end")}`] : [];
  const columns = (outcome: Outcome) => [
    { title: "step", kind: "number" as const },
    ...outcome.results.map((_, cpu) => ({ title: `CPU ${cpu}`, kind: "code" as const })),
  ];
  return viewBundle({
    label: `Schedules: ${facts}`,
    body: html`<p style="${STYLE.headline}"><strong>Schedules</strong>: ${facts}</p>${shown.map((outcome) =>
      table(
        headline(outcome),
        columns(outcome),
        rowsOf(outcome).map((cells) => ({ cells })),
      ),
    )}${rest.map((line) => html`<p style="${STYLE.headline}">${line}</p>`)}`,
    text: [
      `Schedules: ${facts}`,
      ...shown.flatMap((outcome) => {
        const heads = columns(outcome).map(({ title }) => title);
        return ["", headline(outcome), textTable([heads, ...rowsOf(outcome)], columns(outcome))];
      }),
      ...rest,
    ].join("\n"),
  });
}

function headline({ kind, observed, results, waits, error, preemptions }: Outcome): string {
  const ends = {
    done: `returned ${results.map((result) => BigInt.asIntN(64, result ?? 0n)).join(" and ")}`,
    deadlock: `deadlock: ${waits.map(({ cpu, holder }) => `CPU ${cpu} waits for ${holder === undefined ? "a lock that nobody frees" : `CPU ${holder}`}`).join(", ")}`,
    error: `error: ${error}`,
  };
  const seen = observed === "" ? "" : `${observed}: `;
  return `${seen}${ends[kind]}, after ${plural(preemptions, "preemption")}`;
}

/** The last lines, each in the column of its CPU. */
function rowsOf({ story, results }: Outcome): string[][] {
  const skipped = Math.max(0, story.length - MOST_LINES);
  return story
    .slice(skipped)
    .map((line, i) => [String(skipped + i + 1), ...results.map((_, cpu) => (cpu === line.cpu ? lineText(line) : ""))]);
}

/** Where in memory something lies differs between machines and says nothing. */
const lineText = ({ slot, text, did, value }: StoryLine): string => {
  const number = value < 0x1_0000n ? String(value) : value >= DIRECT_MAP ? "an address" : `0x${value.toString(16)}`;
  return `${slot}: ${text}  ${did} ${number}`;
};
