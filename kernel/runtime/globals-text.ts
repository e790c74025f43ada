/** The globals of cells, for the type checker; `child.ts` defines them. */
export const CELL_GLOBALS = `
/** A display that can be changed after it was shown. */
interface DisplayHandle {
  readonly id: string;
  /** Shows another value in its place. */
  update(value: unknown): void;
}
/** Shows a value in the cell's output. */
declare const display: {
  /** @param options \`metadata\` tells front ends of each mime type: \`{ "image/png": { width: 320 } }\` */
  (value: unknown, options?: { readonly metadata?: Readonly<Record<string, unknown>> }): DisplayHandle;
  html(text: string): DisplayHandle;
  markdown(text: string): DisplayHandle;
  svg(text: string): DisplayHandle;
  latex(text: string): DisplayHandle;
  /** Empties the cell's output; with \`wait\` only when the next output is there. */
  clear(options?: { wait?: boolean }): void;
};
/** Asks the user for a line of text and waits for it. */
declare function prompt(message?: string): string;
/** Asks the user a question that is answered with y or n. */
declare function confirm(message?: string): boolean;
`;
