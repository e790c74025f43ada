import { bpftrace } from "../../bpftrace/bpftrace.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";
import { busyMachine, FOR } from "./tracing.ts";

/** What a tool can be for. */
interface Brief {
  /** What it prints a row for, and the row's first two columns. */
  readonly asks: string;
  /** A program that does it: `row` prints two columns. */
  readonly right: (row: (format: string, values: string) => string, least: number) => string;
}

const BRIEFS = {
  opens: {
    asks: "a row for each openat that fails: the program's name (comm), and the error number as a positive number",
    right: (row) => `tracepoint:syscalls:sys_exit_openat /args.ret < 0/ { ${row("%s SEP%d", "comm, -args.ret")} }`,
  },
  exits: {
    asks: "a row for each process that ends (not for each thread): its name (comm) and its pid",
    right: (row) => `tracepoint:sched:sched_process_exit /pid == tid/ { ${row("%s SEP%d", "comm, pid")} }`,
  },
  accepts: {
    asks: "a row for each connection that a server accepts (accept4, when it gives a descriptor): the server's name (comm) and the descriptor",
    right: (row) => `tracepoint:syscalls:sys_exit_accept4 /args.ret >= 0/ { ${row("%s SEP%d", "comm, args.ret")} }`,
  },
  requests: {
    asks: "a row for each request of a disk that takes at least `my.least` microseconds, from block_rq_issue to block_rq_complete: the disk's number (args.dev) and whole microseconds",
    right: (row, least) => `
tracepoint:block:block_rq_issue { @begun[args.dev, args.sector] = nsecs; }
tracepoint:block:block_rq_complete /@begun[args.dev, args.sector]/ {
  $us = (nsecs - @begun[args.dev, args.sector]) / 1000;
  if ($us >= ${least}) { ${row("%d SEP%d", "args.dev, $us")} }
  delete(@begun[args.dev, args.sector]);
}`,
  },
} as const satisfies Record<string, Brief>;
type BriefName = keyof typeof BRIEFS;

export interface Params {
  readonly briefs: Readonly<Partial<Record<BriefName, string>>>;
  readonly separator: string;
  readonly least: number;
  readonly seed: number;
}

/** A brief's own program, for a student's separator. */
const rightFor = (brief: BriefName, { separator, least }: Params): string =>
  BRIEFS[brief].right((format, values) => `printf("${format.replace(" SEP", separator)}\\n", ${values});`, least);

/** What a program printed, and how often Linux ran its parts. */
interface Run {
  /** The first two columns of each row. */
  readonly rows: readonly string[];
  readonly runs: number;
}

const known = new Map<string, Run>();
const KEPT = 64;

/** Runs a tool on a busy machine. Lines without the separator and those that begin with # are no rows. */
async function run(text: string, separator: string, seed: number, it: Inspector): Promise<Run> {
  const key = `${seed} ${separator} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const machine = busyMachine(seed);
  let runs = 0;
  machine.bpf.watch(() => runs++);
  try {
    const { text: printed } = await bpftrace(machine, text, { for: FOR, banner: false, warnings: false });
    const lines = printed.split("\n").filter((line) => line.includes(separator) && !/^[#@]/.test(line));
    const columns = (line: string) =>
      line
        .split(separator)
        .slice(0, 2)
        .map((column) => column.trim());
    const one = { rows: lines.map((line) => columns(line).join(separator)), runs };
    if (known.size >= KEPT) known.clear();
    known.set(key, one);
    return one;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return it.stop("bpftrace takes the program", error.message.split("\n")[0]!);
  }
}

/** The brief that is named; the check ends where it is none of the student's. */
function briefOf(name: unknown, { briefs }: Params, it: Inspector): BriefName {
  const mine = Object.keys(briefs);
  if (typeof name === "string" && mine.includes(name)) return name as BriefName;
  return it.stop(`the brief is one of ${mine.join(", ")}`, `it is ${JSON.stringify(name ?? "not said")}`, "brief");
}

/** A tool's answer beside a program that is right. */
async function both(answer: unknown, params: Params, seed: number, it: Inspector) {
  const text = it.text(answer);
  const brief = briefOf(/^\s*\/\/ brief: (\w+)/.exec(text)?.[1], params, it);
  const mine = await run(text, params.separator, seed, it);
  const right = await run(rightFor(brief, params), params.separator, seed, it);
  it.on(`brief ${brief}; a web server, a database and a shell for ${FOR}, seed ${seed}`);
  return { mine, right, ...compared(mine.rows, right.rows) };
}

/** Rows of both, as often as both have them; the first that only one has. */
function compared(rows: readonly string[], wanted: readonly string[]) {
  const left = new Map<string, number>();
  for (const row of wanted) left.set(row, (left.get(row) ?? 0) + 1);
  const more: string[] = [];
  for (const row of rows) {
    const count = left.get(row) ?? 0;
    if (count > 0) left.set(row, count - 1);
    else more.push(row);
  }
  const missing = [...left].flatMap(([row, count]) => Array<string>(count).fill(row));
  return { more, missing };
}

const seedOf = (v: Variant): number => v.number("seed", 100, 9999);

/** What somebody who runs the tool by hand reads from it. */
async function reading(answer: unknown, params: Params, it: Inspector): Promise<void> {
  const { brief, rows, most } = (typeof answer === "object" && answer !== null ? answer : {}) as Record<
    string,
    unknown
  >;
  const name = briefOf(brief, params, it);
  const right = await run(rightFor(name, params), params.separator, params.seed, it);
  const first = right.rows.map((row) => row.split(params.separator)[0]!);
  const count = (of: string) => first.filter((one) => one === of).length;
  it.answer("how many rows", it.whole(rows), BigInt(right.rows.length));
  it.that(
    "which first column most rows have",
    count(String(most)) === Math.max(...first.map(count)),
    `it is not ${JSON.stringify(most)}`,
  );
}

/** A tool for one of three purposes, in a form of one's own: complete, right, and cheap. */
export const A10 = assignment({
  id: "a10",
  title: "Your own tool",
  summary:
    "Choose one of three briefs and write the tool: its rows are complete, nothing else is in them, and it costs no more than it must.",
  lesson: "22",
  source: "a10-own-tool",
  revision: 1,
  variant: (v): Params => {
    const names = v.sample("briefs", Object.keys(BRIEFS) as BriefName[], 3);
    return {
      briefs: Object.fromEntries(names.map((name) => [name, BRIEFS[name].asks])),
      separator: v.choice("separator", [" | ", " ; ", " => ", " ~ ", " / "]),
      least: v.number("least", 20, 90),
      seed: v.number("own seed", 10, 99),
    };
  },
  tasks: [
    {
      id: "a10/1",
      title: "The tool",
      points: 8,
      submit: { name: "tool", kind: "bpftrace" },
      visible: [
        {
          title: "it says which brief it is for, and prints rows that are right on a machine with seed 7",
          async run({ answer, params, it }) {
            const { mine, more } = await both(answer, params, 7, it);
            it.that("it prints rows", mine.rows.length > 0, `no line has ${JSON.stringify(params.separator)}`, "rows");
            it.that("its rows are right", more.length === 0, `${JSON.stringify(more[0])} should not be there`, "more");
          },
        },
      ],
      hidden: [
        {
          title: "it is complete on another machine",
          weight: 3,
          partial: true,
          async run({ answer, params, it, v }) {
            const { right, missing } = await both(answer, params, seedOf(v), it);
            const share = 1 - missing.length / Math.max(1, right.rows.length);
            const detail = `${missing.length} of ${right.rows.length} are missing, such as ${JSON.stringify(missing[0])}`;
            for (const [what, least] of [
              ["half of all rows", 0.5],
              ["nine of ten rows", 0.9],
              ["all rows", 1],
            ] as const)
              it.that(what, share >= least, detail, "missing");
          },
        },
        {
          title: "nothing else is in it",
          weight: 2,
          async run({ answer, params, it, v }) {
            const { mine, more } = await both(answer, params, seedOf(v), it);
            it.that("it prints rows", mine.rows.length > 0, "there are none", "rows");
            const detail = `${more.length} should not be there, such as ${JSON.stringify(more[0])}`;
            it.that("its rows are right", more.length === 0, detail, "more");
          },
        },
        {
          title: "it is no more expensive than it must be",
          weight: 2,
          async run({ answer, params, it, v }) {
            const { mine, right } = await both(answer, params, seedOf(v), it);
            const allowed = 2 * right.runs + 20;
            it.that("it prints rows", mine.rows.length > 0, "there are none", "rows");
            const detail = `Linux ran its parts ${mine.runs} times; ${right.runs} are enough, ${allowed} allowed`;
            it.that("its probes are narrow", mine.runs <= allowed, detail, "expensive");
          },
        },
      ],
      hints: [
        "The program's first line says its purpose: // brief: NAME. Each row has your separator between its columns; you may add columns behind the first two.",
        "Look for the one tracepoint that is raised just when your row is due, and filter in its predicate /.../: bpftrace -l, or m.shell(\"bpftrace -l 'tracepoint:*'\").",
      ],
      mistakes: {
        brief: "The program begins with a line such as // brief: NAME, with one of the names in my.briefs.",
        rows: "There is no row: each has your separator between its columns.",
        more: "A row is there that should not be: are the columns in the order of the brief, and is the condition right?",
        missing: "Something happened and has no row: is your condition too narrow?",
        expensive:
          "The probe is hit far more often than there are rows: take a narrower one. Each hit costs time on a busy machine.",
      },
    },
    {
      id: "a10/2",
      title: "What does it say?",
      points: 2,
      submit: { name: "found", kind: "value" },
      visible: [
        {
          title: "it says a brief, a number of rows, and a first column",
          weight: 0,
          run({ answer, params, it }) {
            const { brief, rows, most } = (typeof answer === "object" && answer !== null ? answer : {}) as Record<
              string,
              unknown
            >;
            briefOf(brief, params, it);
            it.that("a number of rows", it.whole(rows) >= 0n);
            it.that("a first column", typeof most === "string" && most !== "", 'a text is asked for, such as "ls"');
          },
        },
      ],
      hidden: [
        {
          title: "both are right",
          partial: true,
          run: ({ answer, params, it }) => reading(answer, params, it),
        },
      ],
      hints: [
        'Run your tool on the machine that the notebook makes, and count: result.text.split("\\n").',
        "The first column of each row is what stands before your separator. Lines without it are no rows.",
      ],
      mistakes: { brief: "brief is one of the names in my.briefs." },
    },
  ],
});
