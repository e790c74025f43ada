import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { UsageError } from "../usage.ts";

/** A Jupyter Server that this process started, and its address. */
export interface JupyterServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
}

export interface JupyterServerOptions {
  /** The folder that the server shows. */
  readonly root: string;
  /** `jupyter` program; by default that of `.venv` beside the package, else the one on PATH. */
  readonly jupyter?: string;
  /** Start JupyterLab too (for a browser), not only the server's API. */
  readonly lab?: boolean;
  readonly env?: Record<string, string>;
}

/** JupyterLab asks nobody on the network for news, and shows no dialog about it. */
async function quietLab(runtime: string): Promise<Record<string, string>> {
  const settings = join(runtime, "settings");
  const folder = join(settings, "@jupyterlab", "apputils-extension");
  await mkdir(folder, { recursive: true });
  const news = { fetchNews: "false", checkForUpdates: false };
  await writeFile(join(folder, "notification.jupyterlab-settings"), JSON.stringify(news));
  return { JUPYTERLAB_SETTINGS_DIR: settings };
}

const START_TIMEOUT = 60_000;

/** The `jupyter` program of the checkout's `.venv`, else of PATH. */
export function findJupyter(packageRoot: string): string {
  const own = join(packageRoot, ".venv", "bin", "jupyter");
  if (existsSync(own)) return own;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (existsSync(join(folder, "jupyter"))) return join(folder, "jupyter");
  }
  throw new UsageError("jupyter was not found. Run npm start or npm test once: they make .venv with JupyterLab.");
}

/**
 * Starts a Jupyter Server on a free port of the loopback interface, with a token of its own and its run-time files in
 * a temporary folder, and resolves once it answers. Disposing it ends the server and removes that folder.
 */
export async function startJupyterServer(options: JupyterServerOptions & { jupyter: string }): Promise<JupyterServer> {
  const runtime = await mkdtemp(join(tmpdir(), "bpfbook-jupyter-"));
  const app = options.lab ? "lab" : "server";
  const quiet = options.lab ? await quietLab(runtime) : {};
  const child = spawn(
    options.jupyter,
    [app, "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", `--ServerApp.root_dir=${options.root}`],
    {
      env: { ...process.env, JUPYTER_RUNTIME_DIR: runtime, JUPYTER_CONFIG_DIR: runtime, ...quiet, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let log = "";
  const keep = (chunk: Buffer) => {
    log = (log + chunk).slice(-100_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const dispose = async () => {
    await end(child);
    await rm(runtime, { recursive: true, force: true });
  };
  try {
    const info = await address(child, join(runtime, `jpserver-${child.pid}.json`), () => log);
    return { ...info, pid: child.pid!, log: () => log, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The server writes its address to a file named after its pid; it answers soon after. */
async function address(child: ChildProcess, file: string, log: () => string): Promise<{ url: string; token: string }> {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const text = await readFile(file, "utf8").catch(() => "");
    if (text.endsWith("}")) {
      const { url, token } = JSON.parse(text) as { url: string; token: string };
      const reply = await fetch(`${url}api/status?token=${token}`).catch(() => undefined);
      if (reply?.ok) return { url, token };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new UsageError(`the Jupyter server did not start: ${log().trim().split("\n").at(-1) ?? "no output"}`);
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
