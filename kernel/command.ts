import { parseArgs } from "node:util";
import { installKernelspec, uninstallKernelspec } from "./install/kernelspec.ts";
import { InstallError, type InstallTarget } from "./install/locations.ts";
import { startKernel } from "./main.ts";
import type { Translators } from "./runtime/translators.ts";
import { ExtensionError } from "./session/extension.ts";
import { ConnectionFileError } from "./wire/connection.ts";

/** What the command needs to know of the package that it is part of. */
export interface KernelCommandOptions {
  /** Absolute path of the plain-JavaScript launcher that the kernelspec names. */
  readonly launcher: string;
  /** Absolute path of what cells import as `bpfbook`. */
  readonly bpfbookEntry: string;
  /** Of files in other languages that cells import. */
  readonly translators?: Translators;
  readonly version: string;
}

const USAGE = `usage: bpfbook kernel install [--user | --sys-prefix | --prefix DIR] [--name NAME] [--display-name TEXT]
                              [--memory MIB] [--no-check]
       bpfbook kernel uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]
       bpfbook kernel start CONNECTION_FILE [--extension MODULE [-- ARGUMENTS]]`;

/**
 * `bpfbook kernel ...`: installs, starts or removes the kernel. Resolves to the exit code: 0, 1 (it did not work) or
 * 2 (wrong usage). `start` resolves when the kernel has ended.
 */
export async function kernelCommand(args: readonly string[], options: KernelCommandOptions): Promise<number> {
  const [verb, ...rest] = args;
  try {
    switch (verb) {
      case "start":
        return await start(rest, options);
      case "install": {
        const { target, name, displayName, memory, check } = parseTarget(rest);
        const spec = { ...options, node: process.execPath, name, displayName, memory, check };
        const folder = installKernelspec(target, spec);
        process.stdout.write(`Installed the kernel in ${folder}\n`);
        return 0;
      }
      case "uninstall": {
        const { target, name } = parseTarget(rest);
        process.stdout.write(`Removed ${uninstallKernelspec(target, name)}\n`);
        return 0;
      }
      default:
        return fail(2, USAGE);
    }
  } catch (error) {
    if (error instanceof InstallError || error instanceof ConnectionFileError || error instanceof ExtensionError)
      return fail(1, error.message);
    if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) {
      return fail(2, `${error.message}\n${USAGE}`);
    }
    throw error;
  }
}

async function start(rest: readonly string[], options: KernelCommandOptions): Promise<number> {
  const end = rest.indexOf("--");
  const { values, positionals } = parseArgs({
    args: rest.slice(0, end < 0 ? rest.length : end),
    options: { extension: { type: "string" } },
    allowPositionals: true,
  });
  const [connectionFile, ...more] = positionals;
  if (connectionFile === undefined || more.length > 0) return fail(2, USAGE);
  const args = end < 0 ? [] : rest.slice(end + 1);
  const extension = values.extension === undefined ? undefined : { path: values.extension, args };
  await startKernel({ ...options, connectionFile, extension });
  return 0;
}

function parseTarget(args: readonly string[]): {
  target: InstallTarget;
  name?: string;
  displayName?: string;
  memory?: number;
  check?: boolean;
} {
  const { values } = parseArgs({
    args: [...args],
    options: {
      user: { type: "boolean" },
      "sys-prefix": { type: "boolean" },
      prefix: { type: "string" },
      name: { type: "string" },
      "display-name": { type: "string" },
      memory: { type: "string" },
      "no-check": { type: "boolean" },
    },
  });
  const target: InstallTarget =
    values.prefix !== undefined
      ? { kind: "prefix", path: values.prefix }
      : values["sys-prefix"]
        ? { kind: "sys-prefix" }
        : { kind: "user" };
  const { name, "display-name": displayName, memory, "no-check": noCheck } = values;
  return { target, name, displayName, memory: memoryOf(memory), check: noCheck !== true };
}

function memoryOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{1,6}$/.test(text)) return Number(text);
  throw new InstallError("bad-memory", `--memory takes a whole number of MiB, such as 1024, not "${text}"`);
}

function fail(code: 1 | 2, message: string): number {
  process.stderr.write(`bpfbook kernel: ${message}\n`);
  return code;
}
