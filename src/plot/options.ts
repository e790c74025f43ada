/** Options that many plots share, named as Observable Plot names them. */

/** What every plot takes. */
export interface PlotOptions {
  readonly title?: string;
  /** Size of the drawing area in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The alternative text; made from the data unless given. */
  readonly alt?: string;
}

/** An axis. */
export interface AxisOptions {
  readonly label?: string;
  /** `"log"` needs values above 0; others are left out, and the picture says how many. */
  readonly type?: "linear" | "log";
}

/** Options of plots with two axes of numbers. */
export interface AxesOptions extends PlotOptions {
  readonly x?: AxisOptions;
  readonly y?: AxisOptions;
  /** Each series in a row of its own, instead of one over the other. */
  readonly fy?: boolean;
}
