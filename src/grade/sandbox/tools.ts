import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the system offers to confine a process. A test or a teacher can look at weaker systems by leaving some out. */
export interface SystemTools {
  /** Path of bubblewrap: namespaces, a file system and a network of its own. */
  readonly bwrap?: string | undefined;
  /** Path of util-linux' prlimit: limits of the kernel on a process. */
  readonly prlimit?: string | undefined;
  /** Path of util-linux' setpriv: another user, for root only. */
  readonly setpriv?: string | undefined;
  /** The sandbox is started by root, who can give it a user of its own. */
  readonly root: boolean;
}

/** What this system offers. Bubblewrap that is there and may make no namespaces (in a container) is as none: it is tried. */
export function systemTools(): SystemTools {
  return {
    bwrap: found("bwrap"),
    prlimit: found("prlimit"),
    setpriv: found("setpriv"),
    root: process.getuid?.() === 0,
  };
}

function found(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/bin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** The package's folder: that of `package.json`, above the sources or the built package. */
export const PACKAGE_ROOT: string = packageRoot(dirname(fileURLToPath(import.meta.url)));

function packageRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : packageRoot(dirname(folder));
}

/** What cells of a notebook need to read: Node and the package, nothing else of this machine. */
export function packageFolders(): readonly string[] {
  const parts = ["package.json", "src", "kernel", "dist", "node_modules"].map((name) => join(PACKAGE_ROOT, name));
  const modules = join(PACKAGE_ROOT, "node_modules");
  const linked = existsSync(modules) ? [realpathSync(modules)] : [];
  return [
    ...new Set([...parts.filter((path) => existsSync(path)), ...linked, dirname(realpathSync(process.execPath))]),
  ];
}

/** Folders of the system that programs are linked against; where `/lib` is a link, it stays one. */
export function systemFolders(): readonly string[] {
  return readdirSync("/")
    .filter((name) => /^(usr|bin|sbin|lib\w*)$/.test(name))
    .map((name) => `/${name}`);
}
