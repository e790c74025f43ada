import { xlatedListing } from "../asm/xlated.ts";
import { helperName } from "../helpers/names.ts";
import { LIVE, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { BpftraceError, placeIn } from "./diagnostics.ts";
import type { MapData } from "./output/map-data.ts";
import type { BpftraceOptions } from "./run/options.ts";
import { Session, type SessionMachine } from "./run/session.ts";

/** How a program is run that is watched. */
export interface LiveOptions extends BpftraceOptions {
  /** Source, bytecode and maps stand side by side. */
  readonly side?: boolean;
}

/** Real milliseconds between two pictures. */
const PERIOD = 400;

/** An hour of virtual time: a program that never calls `exit()` ends all the same. */
const LONGEST = "1h";

/**
 * A program that shows itself while it runs: what it has printed, and the picture of its maps, anew some times a second. It runs
 * once, when it is shown. Throws `BpftraceError`, with its place in the cell.
 *
 * @example new LiveProgram(m, "profile:hz:99 { @[kstack] = count(); }", { for: "10s" }) // as a cell's last value
 */
export class LiveProgram {
  readonly #machine: SessionMachine;
  readonly #options: LiveOptions;
  readonly #text: string;
  readonly #session: Session;

  constructor(machine: SessionMachine, text: string, options: LiveOptions = {}) {
    this.#machine = machine;
    this.#options = options;
    this.#text = text;
    try {
      this.#session = new Session(machine, { name: options.name ?? "stdin", text }, options);
    } catch (error) {
      throw options.firstLine === undefined ? error : withPlace(error);
    }
  }

  async *[LIVE](): AsyncGenerator<MimeBundle> {
    const session = this.#session;
    const { linux } = this.#machine;
    const { replay, for: duration = LONGEST } = this.#options;
    let over = false;
    try {
      session.attach();
      const done = session
        .run(() => (replay === undefined ? linux.run(duration) : linux.replay(replay)))
        .finally(() => {
          over = true;
        });
      for (;;) {
        const waiting = wait(PERIOD);
        await Promise.race([done, waiting.over]);
        waiting.stop();
        if (over) break;
        yield this.#show(session.maps());
      }
      yield this.#show(session.finish());
    } catch (error) {
      throw this.#options.firstLine === undefined ? error : withPlace(error);
    } finally {
      session.close();
    }
  }

  #show(maps: readonly MapData[]): Promise<MimeBundle> {
    const { transcript, programs } = this.#session;
    const view = { text: transcript.text, errors: transcript.errors, maps };
    if (this.#options.side !== true) return Promise.resolve(render("bpftrace", view));
    const code = programs.map(({ probe, program }) => ({
      name: probe.name,
      text: xlatedListing(program.spec.insns, { helperName }),
    }));
    return Promise.resolve(render("bpftrace-sides", { ...view, source: this.#text, code }));
  }
}

/** A time that can be given up. */
function wait(ms: number): { readonly over: Promise<void>; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { over, stop: () => clearTimeout(timer) };
}

/** Where the first fault is, so that the kernel shows that line of the cell. */
function withPlace(error: unknown): unknown {
  if (error instanceof BpftraceError) {
    const [first] = error.diagnostics;
    const place = first && placeIn(error.source, first.span.start);
    // The cell has no line of a file that it imports.
    if (place?.name !== error.source.name) return error;
    const value = { line: place.line, column: place.column };
    Object.defineProperty(error, Symbol.for("Jupyter.place"), { value });
  }
  return error;
}
