import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MEMORY_VARIABLE } from "../runtime/memory-limit.ts";
import { CHECK_VARIABLE } from "../session/type-errors.ts";
import { InstallError, type InstallTarget, kernelsFolder } from "./locations.ts";

/** The name under which Jupyter knows the kernel, and what it shows, unless told otherwise. */
export const DEFAULT_NAME = "bpfbook";
export const DEFAULT_DISPLAY_NAME = "TypeScript (bpfbook)";

/** What a kernelspec is made of. */
export interface KernelspecOptions {
  /** Absolute path of the Node that runs the kernel: 24 or newer. */
  readonly node: string;
  /** Absolute path of the plain-JavaScript launcher, which takes `kernel start FILE`. */
  readonly launcher: string;
  readonly name?: string;
  readonly displayName?: string;
  /** What the process of the cells may hold, in MiB. */
  readonly memory?: number;
  /** False: cells run without the type checker. */
  readonly check?: boolean;
  /** A module that extends the kernel's parent, and arguments for it. */
  readonly extension?: { readonly path: string; readonly args: readonly string[] };
}

const LOGO = new URL("logo.svg", import.meta.url);

/**
 * The content of `kernel.json`. Paths are absolute: front ends start kernels from anywhere, with any PATH.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
 */
export function kernelspec({
  node,
  launcher,
  displayName = DEFAULT_DISPLAY_NAME,
  memory,
  check = true,
  extension,
}: KernelspecOptions): object {
  const extending = extension ? ["--extension", extension.path, "--", ...extension.args] : [];
  return {
    argv: [node, "--disable-sigusr1", launcher, "kernel", "start", "{connection_file}", ...extending],
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    env: {
      NODE_NO_WARNINGS: "1",
      ...(memory !== undefined && { [MEMORY_VARIABLE]: String(memory) }),
      ...(!check && { [CHECK_VARIABLE]: "off" }),
    },
    metadata: { debugger: true },
  };
}

/**
 * Writes the kernelspec and its logo, over an older one.
 *
 * @returns the folder that was written
 * @throws InstallError
 * @example
 * ```ts
 * installKernelspec({ kind: "user" }, { node: process.execPath, launcher: "/opt/bpfbook/bin/bpfbook.js" });
 * ```
 */
export function installKernelspec(target: InstallTarget, options: KernelspecOptions): string {
  const folder = specFolder(target, options.name ?? DEFAULT_NAME);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "kernel.json"), `${JSON.stringify(kernelspec(options), undefined, 2)}\n`);
    if (existsSync(LOGO)) cpSync(fileURLToPath(LOGO), join(folder, "logo-svg.svg"));
  } catch (cause) {
    throw new InstallError("no-permission", `cannot write to ${folder}; use --user or --prefix`, { cause });
  }
  return folder;
}

/**
 * Removes the kernelspec.
 *
 * @returns the folder that was removed
 * @throws InstallError if there is none
 */
export function uninstallKernelspec(target: InstallTarget, name: string = DEFAULT_NAME): string {
  const folder = specFolder(target, name);
  if (!existsSync(join(folder, "kernel.json"))) {
    throw new InstallError("not-installed", `there is no kernel "${name}" in ${kernelsFolder(target)}`);
  }
  rmSync(folder, { recursive: true });
  return folder;
}

function specFolder(target: InstallTarget, name: string): string {
  // Jupyter's own rule for names; it also keeps the folder where it belongs.
  if (!/^[a-z0-9._-]+$/i.test(name) || name.startsWith(".")) {
    throw new InstallError("bad-name", `"${name}" is no name for a kernel: letters, digits, "-", "_" and "." only`);
  }
  return join(kernelsFolder(target), name);
}
