import type { Json } from "../wire/message.ts";
import { plainText, valueBundle } from "./value.ts";

export { plainText } from "./value.ts";

/** A mime bundle as it goes over the wire. */
export type WireBundle = Readonly<Record<string, Json>>;

/** A value with this method shows itself; the convention is shared with Deno. */
export const DISPLAY = Symbol.for("Jupyter.display");
/** A value with this method shows itself and is updated in place. */
export const LIVE = Symbol.for("Jupyter.live");

/** How a value is shown: at once, when a promise is kept, or again and again. */
export type Showing =
  | { readonly kind: "now"; readonly bundle: WireBundle }
  | { readonly kind: "later"; readonly bundle: Promise<WireBundle> }
  | { readonly kind: "live"; readonly bundles: AsyncIterable<WireBundle> };

/** A value whose display method gave something that is no mime bundle. */
export class BundleError extends TypeError {
  override readonly name = "BundleError";
  readonly code = "bundle";
}

/**
 * Finds how a value is shown: by its own display method, else by {@link valueBundle}.
 *
 * @throws BundleError if the value's display method gives no mime bundle, and whatever that method throws
 * @example
 * ```ts
 * show({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>1</b>" }) });
 * ```
 */
export function show(value: unknown): Showing {
  if (!isDisplayable(value)) return { kind: "now", bundle: valueBundle(value) };
  const live = method(value, LIVE);
  if (live) return { kind: "live", bundles: toBundles(live() as AsyncIterable<unknown>) };
  const display = method(value, DISPLAY);
  if (!display) return { kind: "now", bundle: valueBundle(value) };
  const bundle = display();
  if (bundle instanceof Promise) return { kind: "later", bundle: toPromisedBundle(bundle) };
  return { kind: "now", bundle: toBundle(bundle) };
}

/** Whether a value brings its own display. One that cannot be asked, such as a Proxy whose traps throw, does not. */
export function isDisplayable(value: unknown): boolean {
  try {
    return method(value, DISPLAY) !== undefined || method(value, LIVE) !== undefined;
  } catch {
    return false;
  }
}

function method(value: unknown, name: symbol): (() => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const found: unknown = (value as Record<symbol, unknown>)[name];
  return typeof found === "function" ? () => (found as () => unknown).call(value) : undefined;
}

async function* toBundles(bundles: AsyncIterable<unknown>): AsyncGenerator<WireBundle> {
  for await (const bundle of bundles) yield toBundle(bundle);
}

async function toPromisedBundle(bundle: Promise<unknown>): Promise<WireBundle> {
  return toBundle(await bundle);
}

/** Bytes become base64, as the protocol has it for pictures; all else must be JSON. */
function toBundle(value: unknown): WireBundle {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BundleError(`the display method gave ${plainText(value)}, not an object of mime types`);
  }
  const entries = Object.entries(value).map(([type, data]) => {
    if (!type.includes("/")) throw new BundleError(`the display method gave "${type}", which is no mime type`);
    return [type, data instanceof Uint8Array ? Buffer.from(data).toString("base64") : (data as Json)];
  });
  return Object.fromEntries(entries) as WireBundle;
}
