/**
 * Vega, loaded when the first picture is drawn, so that importing the book stays fast.
 *
 * The package's entry is 500 small modules, which take Node 300 ms; the single file beside it takes 75 ms. That file is
 * not an export of the package and sets a global instead of exporting, so it is found next to the entry and the global
 * is put back. Where that does not work (a bundle for the browser), the ordinary import does.
 */
type Vega = typeof import("vega");

let loading: Promise<Vega> | undefined;

/** The one instance of Vega. */
export function loadVega(): Promise<Vega> {
  loading ??= loadSingleFile().catch(() => import("vega"));
  return loading;
}

async function loadSingleFile(): Promise<Vega> {
  const file = new URL("./vega.min.js", import.meta.resolve("vega"));
  const scope = globalThis as { vega?: Vega };
  const before = Object.getOwnPropertyDescriptor(scope, "vega");
  try {
    await import(/* @vite-ignore */ file.href);
    if (!scope.vega?.View) throw new TypeError(`${file.href} did not define Vega`);
    return scope.vega;
  } finally {
    if (before) Object.defineProperty(scope, "vega", before);
    else delete scope.vega;
  }
}
