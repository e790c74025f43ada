/** A mime bundle: mime type to data, as Jupyter's `display_data` carries it. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The symbol by which any Jupyter front end of ours (and Deno's) finds how a value shows itself. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** The symbol of a value that shows itself and updates in place while it lives. */
export const LIVE: unique symbol = Symbol.for("Jupyter.live") as never;

/** A value that shows itself in a cell. */
export interface Displayable {
  [DISPLAY](): MimeBundle | Promise<MimeBundle>;
}
