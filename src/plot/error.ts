/** What can be wrong with the data or options of a plot. */
export type PlotErrorCode =
  /** A count is negative, not whole or not a number. */
  | "PLOT_COUNT"
  /** A key that should be a slot number is none. */
  | "PLOT_SLOT"
  /** The bins asked for are too many or have no width. */
  | "PLOT_BINS"
  /** A stack is neither an id, nor `{kernel, user}`, nor a list of frame names; or ids came without `stacks`. */
  | "PLOT_STACK"
  /** A value that should be a number is none, or a pair is none. */
  | "PLOT_NUMBER"
  /** More series than can be told apart. */
  | "PLOT_SERIES"
  /** A link of a graph leads to a node that is not there, or a flow goes round in a circle. */
  | "PLOT_LINK"
  /** A picture is asked for in a form that needs a program which is not there. */
  | "PLOT_PNG";

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
