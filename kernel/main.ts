import { fileURLToPath } from "node:url";
import { sibling } from "./runtime/sibling.ts";
import type { Translators } from "./runtime/translators.ts";
import { loadExtension } from "./session/extension.ts";
import { historyPath } from "./session/history-file.ts";
import { Session } from "./session/session.ts";
import { CHECK_VARIABLE } from "./session/type-errors.ts";
import { readConnectionFile } from "./wire/connection.ts";

/** What a launcher starts the kernel with. */
export interface KernelOptions {
  /** Path of the connection file that the front end wrote. */
  readonly connectionFile: string;
  /** Absolute path of the entry of the `bpfbook` that cells import: `src/index.ts`, or `dist/src/index.js` when built. */
  readonly bpfbookEntry: string;
  /** Of files in other languages that cells import. */
  readonly translators?: Translators;
  /** Version of the package, for `kernel_info`. */
  readonly version: string;
  /** The notebook's folder; front ends start kernels in it. */
  readonly cwd?: string;
  /** A module with an extension of the parent, and arguments for it; see `session/extension.ts`. */
  readonly extension?: { readonly path: string; readonly args: readonly string[] } | undefined;
}

/** The modules that the kernel itself brings. */
const OWN_MODULES = {
  "bpfbook/widgets": fileURLToPath(sibling(import.meta.url, "./widgets/index")),
  tslab: fileURLToPath(sibling(import.meta.url, "./tslab/index")),
};

/** How often (ms) the kernel looks whether the process that started it still lives. */
const PARENT_CHECK = 1000;

/**
 * Runs a kernel until a front end shuts it down, it is told to end by a signal, or the process that started it is gone.
 *
 * @throws ConnectionFileError, ExtensionError
 * @example
 * ```ts
 * await startKernel({ connectionFile: process.argv[2]!, bpfbookEntry: "/opt/bpfbook/src/index.ts", version: "0.1.0" });
 * ```
 */
export async function startKernel(options: KernelOptions): Promise<void> {
  const cwd = options.cwd ?? process.cwd();
  const { extension } = options;
  const session = await Session.start({
    connection: readConnectionFile(options.connectionFile),
    cwd,
    extension: extension && (await loadExtension(extension.path, cwd, extension.args)),
    modules: { bpfbook: options.bpfbookEntry, ...OWN_MODULES },
    translators: options.translators ?? {},
    version: options.version,
    historyFile: historyPath(process.env),
    check: process.env[CHECK_VARIABLE] !== "off",
  });
  // Front ends interrupt by message; a terminal's Ctrl-C and older tools send the signal.
  process.on("SIGINT", () => session.interrupt());
  process.on("SIGTERM", () => void session.close());
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) void session.close();
  }, PARENT_CHECK);
  await session.closed;
  clearInterval(watch);
}
