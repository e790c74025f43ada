import { existsSync, readFileSync } from "node:fs";
import { STUDENT_ID } from "../../grade/submission/artefact.ts";
import {
  adjust,
  checkOverride,
  latenessOf,
  overrideLine,
  readOverrides,
  readPolicy,
  readTimes,
} from "../../grade/teacher/index.ts";
import { readFlags } from "../flags.ts";
import { readFile } from "../input.ts";
import { print, writeFile } from "../output.ts";
import { packageVersion } from "../package.ts";
import { UsageError } from "../usage.ts";
import { readResults, readText, rosterOf, writeResults } from "./results.ts";

/** `bpfbook grade adjust`: results as they count, after decisions by hand and lateness; those in the file stay as they were. */
export async function gradeAdjust(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ out: "string", overrides: "string", late: "string", times: "string", roster: "string" } as const),
  });
  const [file, ...more] = words;
  if (file === undefined || more.length > 0 || flags.out === undefined)
    throw new UsageError(
      "grade adjust RESULTS.jsonl --out FINAL.jsonl [--overrides FILE] [--late FILE --times FILE] [--roster FILE]",
    );
  if ((flags.late === undefined) !== (flags.times === undefined))
    throw new UsageError(
      "--late FILE says what lateness costs and --times FILE when what was handed in: both are needed",
    );
  const results = await readResults(file);
  const overrides = flags.overrides === undefined ? [] : readOverrides(readText(flags.overrides), flags.overrides);
  const students = rosterOf(flags.roster).map(({ student }) => student);
  const lateness = lateFrom(flags.late, flags.times);
  const done = adjust(results, {
    overrides,
    students,
    tool: `bpfbook ${packageVersion()}`,
    ...(lateness && { late: lateness.late }),
  });
  const untold =
    lateness === undefined ? [] : results.filter((one) => one.error === undefined && !lateness.known.has(keyOf(one)));
  const times = untold.map(
    (one) => `${one.student} ${one.assignment}: no time in ${flags.times}; it counts as in time`,
  );
  for (const warning of [...done.warnings, ...times]) process.stderr.write(`warning: ${warning}\n`);
  writeResults(flags.out, done.results);
  const all = done.results.flatMap(({ adjustments = [] }) => adjustments);
  const count = (kind: string): number => all.filter((one) => one.kind === kind).length;
  const absent = done.results.length - results.length;
  await print(
    `${done.results.length} results in ${flags.out}: ${count("override")} set by hand, ${count("late")} late, ${absent} not handed in\n`,
  );
  return 0;
}

const keyOf = ({ assignment, student }: { readonly assignment: string; readonly student: string }): string =>
  `${assignment}/${student}`;

function lateFrom(policy: string | undefined, times: string | undefined) {
  if (policy === undefined || times === undefined) return undefined;
  const handed = readTimes(readText(times), times);
  return { late: latenessOf(readPolicy(readFile(policy), policy), handed), known: new Set(handed.map(keyOf)) };
}

/** `bpfbook grade override`: writes a decision down, which `adjust` applies whenever it is called. */
export async function gradeOverride(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ student: "string", assignment: "string", test: "string", points: "string" } as const),
    ...({ reason: "string", by: "string", "take-back": "boolean" } as const),
  });
  const [file, ...more] = words;
  const { student, reason, test, by, points: told, "take-back": back = false } = flags;
  const assignment = flags.assignment ?? test?.replace(/\/.*/, "");
  if (
    file === undefined ||
    more.length > 0 ||
    student === undefined ||
    assignment === undefined ||
    reason === undefined
  )
    throw new UsageError(
      "grade override FILE --student NAME --assignment a3|--test a3/1.h1 --points N|--take-back --reason TEXT",
    );
  if (!STUDENT_ID.test(student)) throw new UsageError(`--student ${student}: letters, digits and _ . @ + -`);
  if ((told === undefined) === !back) throw new UsageError("--points N, or --take-back: one of them");
  const points = told === undefined ? null : /^\d+(\.\d{1,2})?$/.test(told) ? Number(told) : Number.NaN;
  if (Number.isNaN(points))
    throw new UsageError(`--points ${told}: expected a number from 0 with at most two digits behind the point`);
  const one = checkOverride({
    ...{ student, assignment, points, reason },
    ...(test === undefined ? {} : { test }),
    ...(by === undefined ? {} : { by }),
  });
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const kept = readOverrides(before, file); // says what is wrong with it before anything is added
  writeFile(file, `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${overrideLine(one)}`);
  const what = `${student} ${test ?? assignment}`;
  const same = kept.find((each) => each.student === student && each.assignment === assignment && each.test === test);
  const instead = same === undefined ? "" : ` instead of ${same.points} (${same.reason})`;
  await print(`${file}: ${what}: ${back ? "taken back" : `${points} points`}${instead}\n`);
  return 0;
}
