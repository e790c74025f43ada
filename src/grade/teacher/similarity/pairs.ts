import { GradeError } from "../../error.ts";
import type { Artefact, Submission } from "../../submission/artefact.ts";
import { type AnswerCode, codeOf } from "./answers.ts";
import { similarity } from "./fingerprint.ts";

/** Somebody's answer to a task. */
export interface Answer {
  readonly student: string;
  readonly code: AnswerCode;
}

/** Two answers that are more alike than they need to be. */
export interface SimilarPair {
  readonly a: Answer;
  readonly b: Answer;
  /** From 0 to 1. */
  readonly similarity: number;
}

/** What was found of one task. */
export interface TaskSimilarity {
  readonly task: string;
  /** Students whose answer has enough instructions to be compared. */
  readonly compared: number;
  /** Students whose answer has not, or cannot be read as a program. */
  readonly leftOut: readonly string[];
  /** From which similarity on pairs are told. */
  readonly threshold: number;
  /** The least similarity of two of the model solution's own variants; undefined where there are none. */
  readonly model: number | undefined;
  /** The similarity of half of all pairs is below it. */
  readonly median: number;
  /** The most alike first; at most {@link MOST_PAIRS}. */
  readonly pairs: readonly SimilarPair[];
  /** How many pairs reach the threshold. */
  readonly found: number;
}

/** Submissions of a task that are compared: two million pairs. */
export const MOST_ANSWERS = 2000;
/** Pairs of a task that are kept. */
export const MOST_PAIRS = 50;
/** Features that an answer has at least: of a few instructions everybody's are alike. */
const LEAST_FEATURES = 20;
/** Without variants of a model, and the least and the most that a threshold may be. */
const THRESHOLD = { unknown: 0.8, least: 0.6, most: 0.9 } as const;
/** Pairs of which the median is taken. */
const SAMPLE = 4000;

/** How similarities are looked for. */
export interface SimilarityOptions {
  /** The model solution on several variants: as alike as one author's programs for two students are. */
  readonly models?: readonly Submission[];
  /** Instead of what follows from the models. */
  readonly threshold?: number | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Compares the answers of all submissions, task by task. The threshold of a task is how alike the model solution's own variants are,
 * within 0.6 and 0.9. Throws `GradeError` for more than {@link MOST_ANSWERS} answers to a task.
 *
 * @example similarities(submissions, { models })[0].pairs[0].similarity // 0.97
 */
export function similarities(
  submissions: readonly Submission[],
  options: SimilarityOptions = {},
): readonly TaskSimilarity[] {
  const { models = [], onProgress = () => undefined } = options;
  const tasks = [...new Set(submissions.flatMap(({ answers }) => Object.keys(answers)))].sort();
  const comparable = tasks.filter((task) =>
    submissions.some(({ answers }) => answers[task] !== undefined && answers[task].kind !== "value"),
  );
  return comparable.map((task, at) => {
    onProgress(at, comparable.length);
    const found = ofTask(task, submissions, models, options.threshold);
    onProgress(at + 1, comparable.length);
    return found;
  });
}

function ofTask(
  task: string,
  submissions: readonly Submission[],
  models: readonly Submission[],
  asked: number | undefined,
): TaskSimilarity {
  const leftOut: string[] = [];
  const answers = submissions.flatMap(({ student, answers: all }): Answer[] => {
    const artefact = Object.hasOwn(all, task) ? all[task] : undefined;
    if (artefact === undefined) return [];
    const code = readable(artefact);
    if (code !== undefined && code.print.features.length >= LEAST_FEATURES) return [{ student, code }];
    leftOut.push(student);
    return [];
  });
  if (answers.length > MOST_ANSWERS) {
    const problem = `${answers.length} answers; at most ${MOST_ANSWERS} are compared`;
    throw new GradeError("too-large", task, problem, "Compare groups of a course one after the other");
  }
  const model = leastOf(models.flatMap(({ answers: all }) => readable(all[task]) ?? []));
  const threshold = asked ?? Math.min(THRESHOLD.most, Math.max(THRESHOLD.least, model ?? THRESHOLD.unknown));
  const { pairs, found } = pairsOf(answers, threshold);
  const median = medianOf(answers);
  return { task, compared: answers.length, leftOut, threshold, model, median, pairs, found };
}

function readable(artefact: Artefact | undefined): AnswerCode | undefined {
  try {
    return artefact && codeOf(artefact);
  } catch (error) {
    if (error instanceof GradeError) return undefined;
    throw error;
  }
}

/** The least similarity of two of them. */
function leastOf(codes: readonly AnswerCode[]): number | undefined {
  const all = codes.flatMap((a, at) => codes.slice(at + 1).map((b) => similarity(a.print, b.print)));
  return all.length === 0 ? undefined : Math.min(...all);
}

function pairsOf(answers: readonly Answer[], threshold: number): { pairs: readonly SimilarPair[]; found: number } {
  const sorted = answers.toSorted((a, b) => a.code.print.features.length - b.code.print.features.length);
  const first = (one: SimilarPair, other: SimilarPair): number =>
    other.similarity - one.similarity ||
    (`${one.a.student}/${one.b.student}` < `${other.a.student}/${other.b.student}` ? -1 : 1);
  let [pairs, found]: [SimilarPair[], number] = [[], 0];
  for (const [at, a] of sorted.entries()) {
    const length = a.code.print.features.length;
    for (let other = at + 1; other < sorted.length; other++) {
      const b = sorted[other]!;
      // Two are never more alike than the shorter one is long, of the longer one.
      if (length / b.code.print.features.length < threshold) break;
      const value = similarity(a.code.print, b.code.print);
      if (value < threshold) continue;
      found++;
      pairs.push(a.student < b.student ? { a, b, similarity: value } : { a: b, b: a, similarity: value });
    }
    if (pairs.length > 4 * MOST_PAIRS) pairs = pairs.sort(first).slice(0, MOST_PAIRS);
  }
  return { pairs: pairs.sort(first).slice(0, MOST_PAIRS), found };
}

/** Of all pairs, or of some that lie evenly among them. */
function medianOf(answers: readonly Answer[]): number {
  const count = (answers.length * (answers.length - 1)) / 2;
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const values: number[] = [];
  let number = 0;
  for (let a = 0; a < answers.length; a++)
    for (let b = a + 1; b < answers.length; b++)
      if (number++ % step === 0) values.push(similarity(answers[a]!.code.print, answers[b]!.code.print));
  return values.sort((x, y) => x - y)[values.length >> 1] ?? 0;
}
