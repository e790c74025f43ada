import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Command, Launch } from "../../../kernel/runtime/runtime.ts";
import { packageFolders, type SystemTools, systemFolders, systemTools } from "./tools.ts";

/** What a confined process may use. */
export interface Bounds {
  /** Seconds of processor time of one process. */
  readonly cpu: number;
  /** MiB that JavaScript may hold; all writable memory of a process is bounded by twice that and 1 GiB more. */
  readonly memory: number;
  /** Processes and threads; Node itself has about a dozen. */
  readonly processes: number;
  /** MiB of one file. */
  readonly file: number;
  /** Open files. */
  readonly files: number;
}

/** For one notebook of a course. */
export const BOUNDS: Bounds = { cpu: 30, memory: 512, processes: 64, file: 16, files: 256 };

/** One thing that a sandbox keeps a submission from, and by what; `weaker` says what is left open. */
export interface Held {
  readonly what: "files" | "network" | "processes" | "cpu" | "memory" | "file size" | "user";
  readonly by: string;
  readonly weaker?: string;
}

/** How to start a process so that it can do little, and what of that this system could give. */
export interface Confinement {
  readonly launch: Launch;
  readonly held: readonly Held[];
}

export interface ConfinementOptions {
  readonly bounds?: Bounds;
  /** Files and folders that it may read, beside Node and the package. */
  readonly readable?: readonly string[];
  /** Files that it must not read though they lie in a folder that it may. */
  readonly hidden?: readonly string[];
  readonly tools?: SystemTools;
}

/** Users that nobody has: one for each sandbox of root, so that each has a count of processes of its own. */
const FIRST_USER = 61_000;
const USERS = 4_000;
let sandboxes = 0;

/**
 * Makes the confinement of a process that runs code of a student. Where bubblewrap works: namespaces of its own, no network, a file
 * system of Node, the package and a `/tmp`; else Node's permission model, which is no boundary against somebody who knows V8's
 * inspector. What is weaker is said in `held`.
 *
 * @example
 * const { launch, held } = confinement({ hidden: ["/course/secret"] });
 * held.filter(({ weaker }) => weaker !== undefined);
 */
export function confinement(options: ConfinementOptions = {}): Confinement {
  const { bounds = BOUNDS, readable = [], hidden = [], tools = systemTools() } = options;
  const user = FIRST_USER + ((process.pid * 31 + sandboxes++) % USERS);
  const bubble = tools.bwrap !== undefined && bubblewrapWorks(tools.bwrap);
  const other = tools.root && tools.setpriv !== undefined;
  const launch: Launch = (command) => {
    const node = withNodeFlags(command, bounds, bubble ? undefined : [...packageFolders(), ...readable]);
    const limited = [...limits(bounds, tools), ...(other ? asUser(tools.setpriv!, user) : []), command.file, ...node];
    const env = environment(command.env);
    if (!bubble) return { file: limited[0]!, args: limited.slice(1), cwd: command.cwd, env };
    const args = bubblewrap({ readable: [...packageFolders(), ...readable], hidden, cwd: command.cwd, other });
    // Another user could not read what Node has compiled for this one.
    const cache = other ? undefined : compileCache(command.env);
    const mount = cache === undefined ? [] : ["--ro-bind", cache, CACHE];
    const known = cache === undefined ? {} : { NODE_COMPILE_CACHE: CACHE };
    return { file: tools.bwrap!, args: [...args, ...mount, "--", ...limited], cwd: "/", env: { ...env, ...known } };
  };
  return { launch, held: heldBy({ bubble, other, tools }) };
}

let working: boolean | undefined;

/** Whether bubblewrap may make namespaces here: in some containers it may not. */
function bubblewrapWorks(bwrap: string): boolean {
  working ??= spawnSync(bwrap, ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]).status === 0;
  return working;
}

function bubblewrap(of: {
  readonly readable: readonly string[];
  readonly hidden: readonly string[];
  readonly cwd: string;
  readonly other: boolean;
}): string[] {
  const system = systemFolders().flatMap((path) =>
    lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path],
  );
  // Root can become another user only outside of a user namespace, in which there is none but root.
  const namespaces = of.other
    ? ["pid", "net", "ipc", "uts", "cgroup-try"].map((name) => `--unshare-${name}`)
    : ["--unshare-all"];
  const capabilities = of.other ? ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] : [];
  return [
    ...namespaces,
    ...capabilities,
    ...["--die-with-parent", "--new-session"],
    ...system,
    ...["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"],
    // What bubblewrap makes above a bound folder only root could enter.
    ...ancestors([...of.readable, of.cwd]).flatMap((path) => ["--perms", "0755", "--dir", path]),
    ...[...of.readable, of.cwd].flatMap((path) => ["--ro-bind-try", path, path]),
    ...of.hidden.filter((path) => existsSync(path)).flatMap((path) => ["--ro-bind-try", "/dev/null", path]),
    ...["--chdir", of.cwd],
  ];
}

/** The folders above some paths, each once, outer ones first, but for those that are there anyway. */
function ancestors(paths: readonly string[]): string[] {
  const above = paths.flatMap((path) => {
    const parts = dirname(path).split("/").slice(1);
    return parts.map((_, at) => `/${parts.slice(0, at + 1).join("/")}`);
  });
  return [...new Set(above)].filter((path) => path !== "/" && !/^\/(usr|bin|sbin|lib\w*|tmp)$/.test(path));
}

/** Limits that Linux keeps of each process. */
function limits(bounds: Bounds, { prlimit }: SystemTools): string[] {
  const { cpu, memory, processes, file, files } = bounds;
  const data = (2 * memory + 1024) * 2 ** 20;
  if (prlimit !== undefined) {
    const flags = { cpu, data, nproc: processes, fsize: file * 2 ** 20, nofile: files, core: 0 };
    return [prlimit, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`), "--"];
  }
  // Any POSIX shell knows these; what it does not know costs nothing but that limit.
  return [
    "/bin/sh",
    "-c",
    `ulimit -t ${cpu}; ulimit -f ${file * 2048}; ulimit -n ${files}; ulimit -c 0; exec "$@"`,
    "sh",
  ];
}

const asUser = (setpriv: string, user: number): string[] => [
  setpriv,
  ...[`--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--"],
];

/** V8's own limit, and Node's permissions where there is no file system of its own. */
function withNodeFlags({ args, cwd }: Command, { memory }: Bounds, readable: readonly string[] | undefined): string[] {
  const own = args.map((arg) => (arg.startsWith("--max-old-space-size=") ? `--max-old-space-size=${memory}` : arg));
  if (readable === undefined) return own;
  const permissions = [...readable, cwd].map((path) => `--allow-fs-read=${path}`);
  return ["--permission", "--allow-worker", "--allow-inspector", "--no-warnings", ...permissions, ...own];
}

/** Where the sandbox sees what Node has compiled before. */
const CACHE = "/tmp/compiled";

/** The folder of Node's compile cache, which spares half of the start. */
function compileCache(env: NodeJS.ProcessEnv): string | undefined {
  const folder = env["NODE_COMPILE_CACHE"] ?? join(homedir(), ".cache", "bpfbook", "compile");
  return existsSync(folder) ? folder : undefined;
}

/** Nothing of the environment reaches the student's code but these. */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ["LANG", "LC_ALL", "TZ", "NODE_NO_WARNINGS"] as const;
  return {
    PATH: "/usr/bin:/bin",
    HOME: "/tmp",
    ...Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  };
}

function heldBy(of: { readonly bubble: boolean; readonly other: boolean; readonly tools: SystemTools }): Held[] {
  const { bubble, other, tools } = of;
  const weaker = (text: string): { weaker: string } => ({ weaker: text });
  return [
    bubble
      ? { what: "files", by: "bubblewrap: Node, the package, an empty /tmp" }
      : { what: "files", by: "Node's permission model", ...weaker("its inspector can be used around it") },
    bubble
      ? { what: "network", by: "bubblewrap: no network" }
      : { what: "network", by: "nothing", ...weaker("the submission can use the network") },
    other
      ? { what: "user", by: "a user of its own, who owns nothing" }
      : bubble
        ? { what: "user", by: "bubblewrap: a user namespace" }
        : { what: "user", by: "nothing", ...weaker("it runs as the user who grades: hide secrets by other means") },
    tools.prlimit !== undefined && (other || (bubble && !tools.root))
      ? { what: "processes", by: "prlimit, and the group is ended as one" }
      : bubble
        ? { what: "processes", by: "bubblewrap: a process namespace", ...weaker("their number is not limited") }
        : { what: "processes", by: "Node's permission model", ...weaker("their number is not limited") },
    { what: "cpu", by: `${tools.prlimit ? "prlimit" : "ulimit"}, and a clock on the wall of twice that` },
    tools.prlimit !== undefined
      ? { what: "memory", by: "V8's limit, and prlimit for the rest" }
      : { what: "memory", by: "V8's limit", ...weaker("memory outside of JavaScript's heap is not limited") },
    { what: "file size", by: tools.prlimit ? "prlimit" : "ulimit" },
  ];
}
