/** What can be wrong with the data or options of a plot. */
export type PlotErrorCode =
  /** A count is negative, not whole or not a number. */
  | "PLOT_COUNT"
  /** A key that should be a slot number is none. */
  | "PLOT_SLOT"
  /** The bins asked for are too many or have no width. */
  | "PLOT_BINS"
  /** A stack is neither an id, nor `{kernel, user}`, nor a list of frame names; or ids came without `stacks`. */
  | "PLOT_STACK";

/**
 * Data that cannot be drawn as asked. `message` says what is wrong with which item, `advice` what to do.
 *
 * @example try { plot.histogram([[1, -5]]) } catch (e) { if (e instanceof PlotError) console.log(e.code, e.advice) }
 */
export class PlotError extends Error {
  override readonly name = "PlotError";
  readonly code: PlotErrorCode;
  readonly advice: string;

  constructor(code: PlotErrorCode, message: string, advice: string) {
    super(`${message}; ${advice}`);
    this.code = code;
    this.advice = advice;
  }
}
