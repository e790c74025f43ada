import { ArgumentError } from "../isa/argument.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { MapData, MapPrint } from "./output/map-data.ts";
import { type PlainValue, plainMap } from "./output/plain.ts";
import type { BpftraceOptions } from "./run/options.ts";
import { Session, type SessionMachine } from "./run/session.ts";

/** An hour of virtual time: a program that never calls `exit()` ends all the same. */
const LONGEST = "1h";

/** What a bpftrace program printed, and what its maps held at its end. */
export class BpftraceResult implements Displayable {
  /** What went to standard output, exactly as bpftrace prints it. */
  readonly text: string;
  /** What went to standard error. */
  readonly errors: string;
  /** The maps by name, with their elements in the order that they are printed. */
  readonly maps: readonly MapData[];
  /** Histograms without key as they were each time that the program printed one, the first 500. */
  readonly prints: readonly MapPrint[];
  readonly exitCode: number;

  constructor({
    text,
    errors,
    maps,
    prints,
    exitCode,
  }: Pick<BpftraceResult, "text" | "errors" | "maps" | "prints" | "exitCode">) {
    this.text = text;
    this.errors = errors;
    this.maps = maps;
    this.prints = prints;
    this.exitCode = exitCode;
  }

  /**
   * What a map holds, as values of TypeScript: `get("x")` is `@x`. A map without key gives its value, another one a `Map` from keys, parts of
   * a tuple joined by commas, to values. Whole numbers are numbers where these are exact, otherwise bigints; averages their average,
   * statistics `{ count, average, total }`, histograms rows `{ min, max, count }`, series points `{ interval, value }`, stacks their functions;
   * an empty map gives undefined.
   * Throws `ArgumentError` for a map that the program does not have.
   *
   * @example
   * m.spawn(workloads.webServer());
   * const result = await m.bpftrace({ for: "1s" })`tracepoint:raw_syscalls:sys_enter { @[comm] = count(); @total = count(); }`;
   * result.get("total"); // 48211
   * result.get(""); // Map { "webserver" => 31200 }
   */
  get(name: string): PlainValue | ReadonlyMap<string, PlainValue> | undefined {
    const wanted = name.replace(/^@/, "");
    const map = this.maps.find((candidate) => candidate.name === wanted);
    if (map === undefined)
      throw new ArgumentError("get", `one of ${this.maps.map((one) => `"${one.name}"`).join(", ") || "no maps"}`, name);
    return plainMap(map);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("bpftrace", this);
  }
}

/**
 * Runs a bpftrace program on a machine: compiled to programs for Linux, verified, attached, and read until the time is
 * over or it calls `exit()`. Throws `BpftraceError` with all faults of the text, as bpftrace prints them.
 *
 * @example
 * const { text } = await bpftrace(m, "tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }", { for: "10s" });
 */
export async function bpftrace(
  machine: SessionMachine,
  text: string,
  options: BpftraceOptions = {},
): Promise<BpftraceResult> {
  const session = new Session(machine, { name: options.name ?? "stdin", text }, options);
  try {
    session.attach();
    const { replay, for: duration = LONGEST } = options;
    const { linux } = machine;
    await session.run(() => (replay === undefined ? linux.run(duration) : linux.replay(replay)));
    const maps = session.finish();
    const { transcript, prints, exitCode } = session;
    return new BpftraceResult({ text: transcript.text, errors: transcript.errors, maps, prints, exitCode });
  } finally {
    session.close();
  }
}
