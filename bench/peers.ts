import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The cells of the benchmark in one kernel's language. */
export interface Snippets {
  readonly first: string;
  readonly cell: (n: number) => string;
  readonly lines: string;
  readonly spin: string;
  /** Ends where completion is asked for. */
  readonly complete: string;
  readonly inspect: string;
}

/** A kernel to measure: how it is started on a connection file, undefined for our own. */
export interface Peer {
  readonly name: string;
  readonly command: ((connectionFile: string) => readonly string[]) | undefined;
  /** It brings the library. */
  readonly own: boolean;
  readonly snippets: Snippets;
}

const TYPESCRIPT: Snippets = {
  first: "const first: number = 41; first + 1",
  cell: (n) => `const v${n}: number = first + ${n}; v${n}`,
  lines: "for (let i = 0; i < 20_000; i++) console.log(i);",
  spin: 'console.log("started"); while (true);',
  complete: "Math.sq",
  inspect: "Math.sqrt",
};

const PYTHON: Snippets = {
  first: "first = 41\nfirst + 1",
  cell: (n) => `v${n} = first + ${n}\nv${n}`,
  lines: "for i in range(20_000): print(i)",
  spin: 'print("started", flush=True)\nwhile True: pass',
  complete: "str.upp",
  inspect: "str.upper",
};

/** Where other kernels are looked for: the folders in BENCH_PEERS, the checkout's Python, PATH. */
function find(program: string): string | undefined {
  const own = [join(dirname(fileURLToPath(import.meta.url)), "..", ".venv", "bin")];
  const folders = [process.env["BENCH_PEERS"], own.join(delimiter), process.env["PATH"]].flatMap(
    (list) => list?.split(delimiter) ?? [],
  );
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What the launcher runs in an installed package, and what runs it here whatever is newer. */
const BUILT = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));
const BUILT_LAUNCHER = fileURLToPath(new URL("./built-launcher.js", import.meta.url));

/** The kernels that are to be compared and are not installed. */
export function missing(found: readonly Peer[]): string[] {
  return ["package", "tslab", "deno", "ipykernel"].filter((name) => !found.some((peer) => peer.name === name));
}

/** Ours, and those that are installed: tslab and Deno from npm, ipykernel from PyPI. */
export function peers(): Peer[] {
  const found: Peer[] = [{ name: "sources", command: undefined, own: true, snippets: TYPESCRIPT }];
  if (existsSync(BUILT)) {
    const command = (file: string) => [process.execPath, "--disable-sigusr1", BUILT_LAUNCHER, BUILT, file];
    found.unshift({ name: "package", command, own: true, snippets: TYPESCRIPT });
  }
  const [tslab, deno, python] = ["tslab", "deno", "python"].map(find);
  if (tslab)
    found.push({
      name: "tslab",
      own: false,
      command: (file) => [tslab, "kernel", `--config-path=${file}`],
      snippets: TYPESCRIPT,
    });
  if (deno)
    found.push({
      name: "deno",
      own: false,
      command: (file) => [deno, "jupyter", "--kernel", "--conn", file],
      snippets: TYPESCRIPT,
    });
  if (python) {
    found.push({
      name: "ipykernel",
      own: false,
      command: (file) => [python, "-m", "ipykernel_launcher", "-f", file],
      snippets: PYTHON,
    });
  }
  return found;
}
