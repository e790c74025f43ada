import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where a kernelspec goes: the user's own data folder, the Python environment on PATH, or a given one. */
export type InstallTarget =
  | { readonly kind: "user" }
  | { readonly kind: "sys-prefix" }
  | { readonly kind: "prefix"; readonly path: string };

/** The surroundings that decide where Jupyter looks. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** A place for kernelspecs that cannot be found or written: the message says what to do. */
export class InstallError extends Error {
  override readonly name = "InstallError";
  readonly code: "no-python" | "no-permission" | "not-installed" | "bad-name" | "bad-memory";
  constructor(code: InstallError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The folder that holds kernelspecs, as `jupyter --paths` has it.
 *
 * @throws InstallError where `sys-prefix` is asked for and there is no `python3`
 * @see https://docs.jupyter.org/en/latest/use/jupyter-directories.html
 */
export function kernelsFolder(target: InstallTarget, around: Surroundings = surroundings()): string {
  switch (target.kind) {
    case "user":
      return join(userDataFolder(around), "kernels");
    case "prefix":
      return join(target.path, "share", "jupyter", "kernels");
    case "sys-prefix":
      return join(pythonPrefix(), "share", "jupyter", "kernels");
  }
}

function surroundings(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir() };
}

function userDataFolder({ env, platform, home }: Surroundings): string {
  if (env["JUPYTER_DATA_DIR"]) return env["JUPYTER_DATA_DIR"];
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "jupyter");
  return join(env["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "jupyter");
}

function pythonPrefix(): string {
  try {
    return execFileSync("python3", ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" }).trim();
  } catch (cause) {
    throw new InstallError("no-python", "there is no python3 on PATH to ask for its prefix; use --user or --prefix", {
      cause,
    });
  }
}
