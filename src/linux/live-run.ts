import { LIVE, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { type Duration, parseDuration } from "./duration.ts";
import { type TopRow, top } from "./inspect.ts";
import type { Linux } from "./linux.ts";

/** Real milliseconds between two pictures. */
const PERIOD = 300;

/** Tasks that the table shows. */
const ROWS = 8;

/** A run at one moment, as the view `live-run` needs it. */
export interface LiveRunView {
  /** Virtual nanoseconds that have passed, and of the whole run. */
  readonly ns: number;
  readonly of: number;
  /** Real milliseconds so far. */
  readonly real: number;
  readonly syscalls: number;
  /** How often each hook that somebody is attached to was reached. */
  readonly events: Readonly<Record<string, number>>;
  /** Tasks by what they have used of the CPUs. */
  readonly top: readonly TopRow[];
}

/**
 * A run that shows itself while it lasts: how far it is in virtual time and what that took in real time, events so far, the
 * busiest tasks. It runs once, when it is shown. Throws `DurationError` at once, `RunningError` when shown.
 *
 * @example m.live("1h") // as a cell's last value
 */
export class LiveRun {
  readonly #linux: Linux;
  readonly #duration: Duration;
  readonly #of: number;

  constructor(linux: Linux, duration: Duration) {
    this.#linux = linux;
    this.#duration = duration;
    this.#of = parseDuration(duration);
  }

  async *[LIVE](): AsyncGenerator<MimeBundle> {
    const linux = this.#linux;
    const begin = {
      ns: linux.ktimeNs(),
      real: performance.now(),
      syscalls: linux.syscalls,
      events: linux.hooks.counts(),
    };
    const picture = () => {
      const events = Object.entries(linux.hooks.counts()).map(([hook, n]) => [hook, n - (begin.events[hook] ?? 0)]);
      return Promise.resolve(
        render("live-run", {
          ns: linux.ktimeNs() - begin.ns,
          of: this.#of,
          real: performance.now() - begin.real,
          syscalls: linux.syscalls - begin.syscalls,
          events: Object.fromEntries(events),
          top: top(linux).slice(0, ROWS),
        } satisfies LiveRunView),
      );
    };
    let over = false;
    const done = linux.run(this.#duration).finally(() => {
      over = true;
    });
    for (;;) {
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, PERIOD))]);
      if (over) break;
      yield picture();
    }
    yield picture();
  }
}
