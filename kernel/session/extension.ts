import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Bundle } from "../runtime/messages.ts";
import type { Launch } from "../runtime/runtime.ts";

/** A cell `%%name args` that the kernel's parent answers itself: no code of the child sees it, and none runs for it. */
export interface ParentCell {
  readonly args: string;
  /** The lines below the first. */
  readonly body: string;
  /** What cells have handed over so far, by name: the last of each. Bytes of a process that nobody trusts. */
  readonly handed: ReadonlyMap<string, Uint8Array>;
  /** Aborted when a front end interrupts the cell. */
  readonly signal: AbortSignal;
  /** Writes to the cell's stdout. */
  print(text: string): void;
}

/**
 * What the kernel's configuration, and nothing else, can add to its parent process: `kernel start FILE --extension MODULE`,
 * as a kernelspec says it. Notebooks, cells and the notebook's folder cannot load one.
 *
 * @example
 * ```ts
 * export const extension: StartExtension = () => ({
 *   cells: { sum: async ({ args }) => ({ "text/plain": String(args.split("+").reduce((a, b) => a + Number(b), 0)) }) },
 * });
 * ```
 */
export interface KernelExtension {
  /** By the name behind `%%`: gives the cell's result. What it throws is the cell's error, with the same name in output and reply. */
  readonly cells: Readonly<Record<string, (cell: ParentCell) => Promise<Bundle>>>;
  /** Type errors are warnings on stdout, and the cell runs all the same. */
  readonly lenientTypes?: boolean;
  /** Changes how the process of the cells is started: in a sandbox. */
  readonly launch?: Launch;
  /** The kernel ends. */
  dispose?(): void;
}

/** What a module of an extension exports as `extension`. */
export type StartExtension = (context: {
  /** The notebook's folder. */
  readonly cwd: string;
  /** What stands behind `--` on the kernel's command line. */
  readonly args: readonly string[];
}) => KernelExtension | Promise<KernelExtension>;

/** The extension that the kernel was started with cannot be had: the kernel does not start without it. */
export class ExtensionError extends Error {
  override readonly name = "ExtensionError";
  readonly code = "extension";
}

/**
 * Loads an extension.
 *
 * @throws ExtensionError where the module is missing, fails, or exports no `extension`
 */
export async function loadExtension(path: string, cwd: string, args: readonly string[]): Promise<KernelExtension> {
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { readonly extension?: unknown };
    if (typeof module.extension !== "function") throw new ExtensionError(`${path} exports no function "extension"`);
    return await (module.extension as StartExtension)({ cwd, args });
  } catch (cause) {
    if (cause instanceof ExtensionError) throw cause;
    throw new ExtensionError(`the kernel's extension ${path} fails: ${(cause as Error).message}`, { cause });
  }
}
