import { LogSourceError } from "./log-source-error.ts";

/** A line of recorded samples that cannot be understood. */
export class SamplesError extends Error {
  readonly code = "EBADMSG";
  /** 1-based line in the log. */
  readonly line: number;
  /** The line as it stands there. */
  readonly text: string;
  readonly reason: string;
  constructor(line: number, text: string, reason: string) {
    const shown = text.length > 160 ? `${text.slice(0, 160)}...` : text;
    super(
      `recorded samples, line ${line}: ${reason}\n  ${shown}\nThey must be those of \`perf script\`, or folded stacks.`,
    );
    this.name = "SamplesError";
    this.line = line;
    this.text = text;
    this.reason = reason;
  }
}

/** A function on a recorded stack; `module` is the program or library that it is of, undefined for Linux's own. */
export interface SampledFrame {
  readonly name: string;
  readonly module: string | undefined;
}

/** A stack, outermost first, and from when and how long a task was in it. */
export interface Sample {
  /** Nanoseconds since the first sample. */
  readonly time: number;
  readonly ns: number;
  readonly stack: readonly SampledFrame[];
}

/** What was recorded of one thread. */
export interface SampledTask {
  /** 0 where the log does not say. */
  readonly pid: number;
  readonly comm: string;
  readonly samples: Sample[];
}

/** Nanoseconds of a sample where the log has no times: 99 a second, as `profile:hz:99`. */
const FOLDED_PERIOD = Math.round(1e9 / 99);

/** Where two samples of a thread are farther apart than so many times the usual, it slept between them. */
const GAP = 2;

/** Nanoseconds that samples may span; threads, and functions of programs. */
const LONGEST = 86_400_000_000_000;
const MOST_TASKS = 4_096;
const MOST_FUNCTIONS = 65_536;

/** Innermost functions that are kept of a stack: perf records 127 at most. */
const MOST_DEPTH = 100;

const HEAD =
  /^\s*(\S.*?)\s+(?:\d+\/)?(-?\d+)\s+(?:\[\d+\]\s+)?(?:[.\w-]{4,5}\s+)?(\d+)\.(\d{1,9}):\s+(?:\d+\s+)?\S+:(?:\s.*)?$/;
const FRAME = /^\s+([0-9a-f]+)\s+(.*?)(?:\+0x[0-9a-f]+)?\s+\((.*)\)$/;
const FOLDED = /^(\S.*)\s(\d+)$/;

/** What a line is the first of; undefined for a remark, or of nothing known. */
export function samplesBeginWith(line: string): "perf" | "folded" | undefined {
  if (HEAD.test(line)) return "perf";
  return line.includes(";") && FOLDED.test(line) && !/[()]\s*=/.test(line) ? "folded" : undefined;
}

/** Linux's own functions, as perf names what they are of. */
function isLinux(module: string): boolean {
  return (
    /^\[(?:kernel|guest|[a-z]\w*\])|vmlinux|\.ko(?:\.\w+)?$/.test(module) &&
    !/^\[(?:vdso|unknown|heap|stack)/.test(module)
  );
}

/** Puts the lines of `perf script` together, or those of folded stacks. */
export class SamplesReader {
  readonly #form: "perf" | "folded";
  readonly #tasks = new Map<string, SampledTask>();
  readonly #functions = new Set<string>();
  #first: { seconds: number; nanos: number } | undefined;
  #open: { task: SampledTask; time: number; frames: SampledFrame[] } | undefined;
  #lines = 0;

  constructor(form: "perf" | "folded") {
    this.#form = form;
  }

  get lines(): number {
    return this.#lines;
  }

  line(ended: string): void {
    const text = ended.replace(/\r?\n$/, "");
    const number = this.#lines + 1;
    const fail = (reason: string): never => {
      throw new SamplesError(number, text, reason);
    };
    if (!text.startsWith("#")) {
      if (this.#form === "perf") this.#perf(text, fail);
      else this.#folded(text, fail);
    }
    this.#lines = number;
  }

  #perf(text: string, fail: (reason: string) => never): void {
    if (text.trim() === "") {
      this.#close();
      return;
    }
    const frame = this.#open === undefined ? null : FRAME.exec(text);
    if (frame !== null) {
      const [, , name, module] = frame;
      if (name !== "[unknown]")
        this.#open!.frames.push(this.#function(name!, isLinux(module!) ? undefined : module!, fail));
      return;
    }
    const head =
      HEAD.exec(text) ??
      fail("neither a sample's first line (command, thread, time, event) nor a function of its stack");
    this.#close();
    const [, comm, pid, seconds, nanos] = head;
    const time = this.#time(Number(seconds), Number(nanos!.padEnd(9, "0")), fail);
    this.#open = { task: this.#task(Math.max(0, Number(pid)), comm!, fail), time, frames: [] };
  }

  #time(seconds: number, nanos: number, fail: (reason: string) => never): number {
    const first = (this.#first ??= { seconds, nanos });
    const time = (seconds - first.seconds) * 1e9 + (nanos - first.nanos);
    if (!(time <= LONGEST)) fail("its time is more than a day after the first sample's");
    return Math.max(0, time);
  }

  /** The sample's stack is complete. */
  #close(): void {
    if (this.#open === undefined) return;
    const { task, time, frames } = this.#open;
    this.#open = undefined;
    task.samples.push({ time, ns: 0, stack: frames.slice(0, MOST_DEPTH).reverse() });
  }

  /** `COMM;outermost;...;innermost COUNT`: each task is in its stacks one after the other. */
  #folded(text: string, fail: (reason: string) => never): void {
    if (text.trim() === "") return;
    const found = FOLDED.exec(text) ?? fail("a folded stack ends with a blank and a count");
    const [comm, ...names] = found[1]!.split(";");
    const task = this.#task(0, comm!, fail);
    const last = task.samples.at(-1);
    const time = last === undefined ? 0 : last.time + last.ns;
    const ns = Number(found[2]) * FOLDED_PERIOD;
    if (!(time + ns <= LONGEST)) fail("so many samples last more than a day");
    const stack = names.map((name) =>
      name.endsWith("_[k]")
        ? this.#function(name.slice(0, -4), undefined, fail)
        : this.#function(name, `/usr/bin/${comm}`, fail),
    );
    if (ns > 0) task.samples.push({ time, ns, stack: stack.slice(-MOST_DEPTH) });
  }

  #function(name: string, module: string | undefined, fail: (reason: string) => never): SampledFrame {
    if (module !== undefined) this.#functions.add(`${module} ${name}`);
    if (this.#functions.size > MOST_FUNCTIONS) fail(`more than ${MOST_FUNCTIONS} functions`);
    return { name, module };
  }

  #task(pid: number, comm: string, fail: (reason: string) => never): SampledTask {
    const key = pid === 0 ? comm : String(pid);
    let task = this.#tasks.get(key);
    if (task === undefined) {
      if (this.#tasks.size >= MOST_TASKS) fail(`more than ${MOST_TASKS} threads`);
      task = { pid, comm, samples: [] };
      this.#tasks.set(key, task);
    }
    return task;
  }

  /** All threads that have samples, each sample with its length. Throws `error`, or `LogSourceError`, where there is none. */
  finish(error: SamplesError | undefined): readonly SampledTask[] {
    this.#close();
    const tasks = [...this.#tasks.values()].filter(({ samples }) => samples.length > 0);
    if (tasks.length === 0 && error !== undefined) throw error;
    if (tasks.length === 0) throw new LogSourceError("there is no sample: nothing to replay");
    return this.#form === "folded" ? tasks : tasks.map(withLengths);
  }
}

/** A thread was in a stack until its next sample; for the usual time between two, if that comes much later. */
function withLengths({ pid, comm, samples }: SampledTask): SampledTask {
  const sorted = [...samples].sort((a, b) => a.time - b.time);
  const gaps = sorted.slice(1).map(({ time }, i) => time - sorted[i]!.time);
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] || FOLDED_PERIOD;
  const lengths = sorted.map((sample, i) => ({
    ...sample,
    ns: (gaps[i] ?? usual) <= GAP * usual ? (gaps[i] ?? usual) : usual,
  }));
  return { pid, comm, samples: lengths };
}
