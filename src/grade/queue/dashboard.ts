import { type QueueStatus, waitingOf } from "./status.ts";

/** Text of a page: what students and machines are called must not be taken for HTML. */
const text = (value: string | number): string =>
  String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const whole = (count: number): string => Math.round(count).toLocaleString("en-US");

/** A duration for people. @example span(75) // "1 min 15 s" */
export function span(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 600 && s % 60 !== 0) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 3600) return `${Math.round(s / 60)} min`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #5b636d; --paper: #fff; --line: #d5d9de; --bar: #2f6fb3; --bad: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --dim: #a3abb5; --paper: #16191d; --line: #3a4048; --bar: #6fa8e0; --bad: #ff8a80 }
}
body { font: 16px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem } p { margin: .3rem 0; color: var(--dim) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .8rem; margin: 1.2rem 0 }
dl div { border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem }
dt { color: var(--dim); font-size: .85rem } dd { margin: 0; font-size: 1.5rem; white-space: nowrap; font-variant-numeric: tabular-nums }
.bad { color: var(--bad) }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
th { color: var(--dim); font-weight: 600; font-size: .85rem } .n { text-align: right; white-space: nowrap }
svg { width: 100%; height: 6rem; display: block; border-bottom: 1px solid var(--line) } svg rect { fill: var(--bar) }
`;

/**
 * The page of a queue: one document, no script, nothing from elsewhere; it loads itself again every five seconds.
 *
 * @param samples of the last minutes, oldest first, for the rate's picture
 */
export function dashboard(status: QueueStatus, samples: readonly QueueStatus[]): string {
  const { waiting, active, again, failed, results, errors, perSecond, remaining, oldest, workers, failures } = status;
  const cards = [
    card("Waiting", whole(waitingOf(status))),
    card("Being graded", whole(active)),
    card("Tried again", whole(again)),
    card("Results", whole(results)),
    card("Errors", whole(errors), errors > 0),
    card("Given up", whole(failed), failed > 0),
    card("Results a second", perSecond.toFixed(1)),
    card("Time left", remaining === undefined ? "–" : span(remaining)),
    card("Oldest waits", oldest === undefined ? "–" : span(oldest)),
  ];
  const stuck = workers.length === 0 ? '<p class="bad">No worker says that it lives: nothing is graded.</p>' : "";
  const rows = workers.map(({ name, busy, jobs, done, errors: wrong, failures: died, perSecond: rate, started }) =>
    row(
      [name],
      [
        `${busy} of ${jobs}`,
        whole(done),
        whole(wrong),
        whole(died),
        rate.toFixed(1),
        span((status.at - started) / 1000),
      ],
    ),
  );
  const bad = failures.map(({ student, assignment, reason }) => row([student, assignment, reason], []));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>bpfbook grading: ${whole(waitingOf(status))} waiting</title>
<style>${STYLE}</style></head><body><main>
<h1>Grading</h1>
<p>${text(new Date(status.at).toISOString().replace("T", " ").slice(0, 19))} UTC. Waiting: ${Object.entries(waiting)
    .map(([name, count]) => `${text(name)} ${whole(count)}`)
    .join(", ")}.</p>${stuck}
<dl>${cards.join("")}</dl>
<h2>Results a second, the last ${span(samples.length * 5 || 0)}</h2>
${rates(samples)}
<h2>Workers</h2>
${table(["Worker"], ["At work", "Results", "Errors", "Graders that died", "A second", "For"], rows, "None.")}
<h2>Given up</h2>
<p>Handed in again, they are tried again.</p>
${table(["Student", "Assignment", "Why"], [], bad, "None.")}
</main></body></html>
`;
}

const card = (name: string, value: string, bad = false): string =>
  `<div><dt>${name}</dt><dd${bad ? ' class="bad"' : ""}>${text(value)}</dd></div>`;

const row = (texts: readonly string[], numbers: readonly string[]): string =>
  `<tr>${texts.map((one) => `<td>${text(one)}</td>`).join("")}${numbers.map((one) => `<td class="n">${text(one)}</td>`).join("")}</tr>`;

function table(texts: readonly string[], numbers: readonly string[], rows: readonly string[], none: string): string {
  if (rows.length === 0) return `<p>${none}</p>`;
  const head = [...texts.map((one) => `<th>${one}</th>`), ...numbers.map((one) => `<th class="n">${one}</th>`)];
  return `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** Bars of the rate, one a sample. */
function rates(samples: readonly QueueStatus[]): string {
  if (samples.length === 0) return "<p>The first sample comes after five seconds.</p>";
  const most = Math.max(0.1, ...samples.map(({ perSecond }) => perSecond));
  const bars = samples.map(({ perSecond }, at) => {
    const height = (100 * perSecond) / most;
    return `<rect x="${at}" y="${(100 - height).toFixed(1)}" width="0.8" height="${height.toFixed(1)}"/>`;
  });
  const label = `Results a second: at most ${most.toFixed(1)}, now ${samples.at(-1)!.perSecond.toFixed(1)}`;
  return `<svg role="img" aria-label="${label}" viewBox="0 0 ${Math.max(60, samples.length)} 100" preserveAspectRatio="none">${bars.join("")}</svg><p>${label}.</p>`;
}
