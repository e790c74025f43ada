import { DISPLAY, LIVE, type MimeBundle } from "./displayable.ts";
import { PlotError } from "./error.ts";
import type { Plot } from "./plot.ts";

/** How often a live plot is drawn. */
export interface LiveOptions {
  /** Real milliseconds between two pictures, 400 unless given; at least 50. */
  readonly every?: number;
}

/**
 * A plot that is drawn anew in its place while something runs, and once more when that has ended. It runs once: when it is shown.
 *
 * @example plot.live(() => plot.histogram(sizes), () => m.run("10s")) // as a cell's last value
 */
export function live(draw: () => Plot, run: () => Promise<unknown>, { every = 400 }: LiveOptions = {}): LivePlot {
  return new LivePlot(draw, run, every);
}

/** What {@link live} gives: it shows itself. */
export class LivePlot {
  readonly #draw: () => Plot;
  readonly #run: () => Promise<unknown>;
  readonly #every: number;
  #shown = false;

  constructor(draw: () => Plot, run: () => Promise<unknown>, every: number) {
    if (!(every >= 50 && every <= 60_000))
      throw new PlotError("PLOT_NUMBER", `every is ${every}`, "it is a number of milliseconds from 50 to 60,000");
    this.#draw = draw;
    this.#run = run;
    this.#every = every;
  }

  async *[LIVE](): AsyncGenerator<MimeBundle> {
    if (!this.#shown) {
      this.#shown = true;
      let over = false;
      const done = this.#run().finally(() => {
        over = true;
      });
      // What it throws is thrown below, after the loop.
      done.catch(() => undefined);
      while (!over) {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const waited = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, this.#every);
        });
        await Promise.race([done.catch(() => undefined), waited]);
        clearTimeout(timer);
        if (!over) yield await this.#draw()[DISPLAY]();
      }
      await done;
    }
    yield await this.#draw()[DISPLAY]();
  }
}
