import { type Result, rounded } from "../result/result.ts";

/** A test whose points are others than before. */
export interface TestChange {
  readonly id: string;
  /** Undefined: it was not there. */
  readonly before: number | undefined;
  /** Undefined: it is not there any more. */
  readonly after: number | undefined;
}

/** What a regrade changed for one student. */
export interface ResultChange {
  readonly student: string;
  readonly assignment: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly tests: readonly TestChange[];
  /** Something else was handed in, or another instance was graded: the tests may not be why. */
  readonly otherSubmission: boolean;
}

/** What differs between two lots of results. */
export interface Comparison {
  /** Only what changed, the largest loss first. */
  readonly changes: readonly ResultChange[];
  readonly unchanged: number;
  /** Points in all that were won and lost. */
  readonly won: number;
  readonly lost: number;
}

const keyOf = ({ assignment, student }: Result): string => `${assignment}/${student}`;
/** The graded one counts where there are several in one name. */
function byOwner(results: readonly Result[]): ReadonlyMap<string, Result> {
  const found = new Map<string, Result>();
  for (const one of results)
    if (found.get(keyOf(one))?.error !== undefined || !found.has(keyOf(one))) found.set(keyOf(one), one);
  return found;
}

/**
 * Compares results before and after a regrade, by student and assignment, test by test.
 *
 * @example compareResults(before, after).changes.filter(({ before = 0, after = 0 }) => after < before)
 */
export function compareResults(before: readonly Result[], after: readonly Result[]): Comparison {
  const [old, now] = [byOwner(before), byOwner(after)];
  const changes: ResultChange[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key), now.get(key)];
    const { student, assignment } = (was ?? is)!;
    const tests = changesOf(was, is);
    const otherSubmission =
      was !== undefined && is !== undefined && (was.submissionHash !== is.submissionHash || was.variant !== is.variant);
    if (tests.length > 0 || was?.score !== is?.score || was?.error !== is?.error)
      changes.push({ student, assignment, before: was?.score, after: is?.score, tests, otherSubmission });
  }
  const gain = (one: ResultChange): number => rounded((one.after ?? 0) - (one.before ?? 0));
  changes.sort(
    (a, b) => gain(a) - gain(b) || (`${a.assignment}/${a.student}` < `${b.assignment}/${b.student}` ? -1 : 1),
  );
  const sum = (sign: number): number => rounded(changes.reduce((all, one) => all + Math.max(0, sign * gain(one)), 0));
  return {
    changes,
    unchanged: new Set([...old.keys(), ...now.keys()]).size - changes.length,
    won: sum(1),
    lost: sum(-1),
  };
}

function changesOf(was: Result | undefined, is: Result | undefined): readonly TestChange[] {
  const points = (result: Result | undefined): ReadonlyMap<string, number> =>
    new Map(result?.tests.map((test) => [test.id, test.points]));
  const [before, after] = [points(was), points(is)];
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids]
    .map((id): TestChange => ({ id, before: before.get(id), after: after.get(id) }))
    .filter((one) => one.before !== one.after);
}

const shown = (points: number | undefined): string => (points === undefined ? "none" : String(points));
const signed = (points: number): string => `${points > 0 ? "+" : ""}${points}`;

/** A comparison as lines. @example "ada a3: 7 -> 8.5 (+1.5); a3/1.h2 0 -> 1.5" */
export function comparisonText({ changes, unchanged, won, lost }: Comparison): string {
  const lines = changes.map(({ student, assignment, before, after, tests, otherSubmission }) => {
    const change = signed(rounded((after ?? 0) - (before ?? 0)));
    const each = tests.map(({ id, before: b, after: a }) => `${id} ${shown(b)} -> ${shown(a)}`).join(", ");
    const other = otherSubmission ? "; another submission or instance" : "";
    return `${student} ${assignment}: ${shown(before)} -> ${shown(after)} (${change})${each === "" ? "" : `; ${each}`}${other}\n`;
  });
  const sum = `${changes.length} changed, ${unchanged} did not; ${signed(won)} and ${signed(-lost || 0)} points\n`;
  return lines.join("") + sum;
}
