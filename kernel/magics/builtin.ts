import { spawn } from "node:child_process";
import { plainText } from "../display/bundle.ts";

/** What the kernel's own magics may do to the process that runs the cell. */
export interface MagicHost {
  /** Shows a mime bundle in the cell. */
  show(bundle: Readonly<Record<string, string>>): void;
  /** Calls back when the cell has ended, before its reply. */
  atEnd(callback: () => void): void;
  /** Makes the cell TypeScript: it runs once the magic has ended, and the cells after it see what it declares. */
  become(code: string): void;
  /** Starts the process of the cells anew after this cell. */
  restart(): void;
}

interface BuiltinMagic {
  /** How it is written, and what it does. */
  readonly usage: string;
  readonly doc: string;
  readonly run: (host: MagicHost, args: string, body: string) => unknown;
}

const shows =
  (type: string) =>
  (host: MagicHost, _args: string, body: string): void =>
    host.show({ [type]: body });

/** The kernel's own magics, one row each. */
export const BUILTIN_MAGICS: Readonly<Record<string, BuiltinMagic>> = {
  bash: {
    usage: "%%bash",
    doc: "runs the cell's text with bash, in the notebook's folder",
    run: (_host, args, body) => runBash(args, body),
  },
  html: { usage: "%%html", doc: "shows the cell's text as HTML", run: shows("text/html") },
  markdown: { usage: "%%markdown", doc: "shows the cell's text as Markdown", run: shows("text/markdown") },
  latex: { usage: "%%latex", doc: "shows the cell's text as LaTeX", run: shows("text/latex") },
  svg: { usage: "%%svg", doc: "shows the cell's text as a picture", run: shows("image/svg+xml") },
  time: {
    usage: "%time EXPRESSION, %%time",
    doc: "tells how long the expression, or the cell, took (real time)",
    run: timeCell,
  },
  who: { usage: "%who", doc: "lists the names that cells have declared", run: () => undefined },
  reset: {
    usage: "%reset",
    doc: "forgets all names: the process of the cells starts anew",
    run: (host) => host.restart(),
  },
  help: { usage: "%help NAME", doc: "shows the type and the documentation of a name", run: () => undefined },
  check: { usage: "%check off", doc: "runs this cell without the type checker", run: () => undefined },
  lsmagic: { usage: "%lsmagic", doc: "lists the magics", run: () => undefined },
};

/** Whether a cell asks not to be checked. */
export function isUnchecked(lines: readonly { readonly name: string; readonly args: string }[]): boolean {
  return lines.some(({ name, args }) => name === "check" && args.trim() === "off");
}

function timeCell(host: MagicHost): void {
  const start = performance.now();
  host.atEnd(() => console.log(timeText(performance.now() - start)));
}

/** How a duration is told. @example timeText(1234.5) // "took 1.23 s" */
export function timeText(milliseconds: number): string {
  return milliseconds < 1000
    ? `took ${milliseconds.toPrecision(3)} ms`
    : `took ${(milliseconds / 1000).toPrecision(3)} s`;
}

/** Prints names with their values. A name whose cell failed before it was set has none. */
export function listNames(values: Readonly<Record<string, () => unknown>>): void {
  const names = Object.keys(values);
  if (names.length === 0) console.log("no names yet");
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names) console.log(`${name.padEnd(width)}  ${valueText(values[name]!)}`);
}

function valueText(value: () => unknown): string {
  try {
    return shortText(value());
  } catch {
    return "(not set: its cell failed)";
  }
}

function shortText(value: unknown): string {
  const text = typeof value === "function" ? `[function ${value.name || "without a name"}]` : plainText(value);
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** What bash said with its exit code, where it is not 0. */
export class BashError extends Error {
  override readonly name = "BashError";
  readonly code = "bash";
}

function runBash(args: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-s", "--", ...args.split(/\s+/).filter(Boolean)], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => process[name].write(text));
    child.on("error", (cause) => reject(new BashError(`bash cannot be started: ${cause.message}`, { cause })));
    child.stdin.on("error", () => undefined); // bash ended before it had read all
    child.stdin.end(`${body}\n`);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new BashError(`bash ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
