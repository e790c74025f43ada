/**
 * How values of lower folders show themselves without knowing how: a class calls `render(kind, this)`, and whoever
 * draws that kind registered a renderer before. `src/views` registers the book's own kinds from the package's index.
 */
import type { MimeBundle } from "./displayable.ts";

/** Draws one kind of value. */
export type Renderer<T> = (value: T) => MimeBundle | Promise<MimeBundle>;

/** The one piece of state: kind to renderer. */
const renderers = new Map<string, Renderer<never>>();

/**
 * Sets how values of `kind` are drawn; a later registration replaces an earlier one, so a notebook may draw its own way.
 *
 * @example register("map", (map: Iterable<unknown>) => ({ "text/plain": `${[...map].length} elements` }));
 */
export function register<T>(kind: string, renderer: Renderer<T>): void {
  renderers.set(kind, renderer);
}

/**
 * The bundle of `value` drawn as `kind`. A kind that nobody registered is shown as plain text that names it: a library
 * used without views still shows something true.
 *
 * @example class Counter { [DISPLAY]() { return render("counter", this); } }
 */
export function render(kind: string, value: unknown): MimeBundle | Promise<MimeBundle> {
  // The kind is the promise that the value fits: each kind is named by one class and drawn by one renderer.
  const renderer = renderers.get(kind) as Renderer<unknown> | undefined;
  return renderer ? renderer(value) : { "text/plain": fallbackText(kind, value) };
}

/** `[kind] name` from what can be read without running the value's own code more than once. */
function fallbackText(kind: string, value: unknown): string {
  if (value === null || typeof value !== "object") return `[${kind}] ${String(value)}`;
  const name = (value as { name?: unknown }).name;
  return typeof name === "string" && name !== "" ? `[${kind}] ${name}` : `[${kind}]`;
}
