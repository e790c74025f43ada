/** Commands that look at the machine. */
import { BPF_FS } from "../../../linux/bpf/bpf-fs.ts";
import { parseDuration } from "../../../linux/duration.ts";
import { kernelLog, listFiles, processes } from "../../../linux/inspect.ts";
import { releaseOf } from "../../../linux/proc/machine-files.ts";
import { errnoText } from "../../error.ts";
import { absolute } from "../../files.ts";
import {
  failed,
  joined,
  type Output,
  printed,
  readLetters,
  type ShellContext,
  type ShellProgram,
  textOf,
} from "../program.ts";

function ls(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  const { linux } = context.machine;
  const paths = rest.length === 0 ? ["."] : rest;
  let errors = "";
  const blocks = paths.flatMap((path) => {
    const full = absolute(path, context.cwd);
    const found = linux.files.lookup(full);
    if (found === undefined) {
      errors += `ls: cannot access '${path}': ${errnoText("ENOENT")}\n`;
      return [];
    }
    const isFile = !found.isDirectory || letters.has("d");
    const rows = isFile ? [] : [...listFiles(linux, full)];
    if (isFile && !letters.has("l")) return [`${path}\n`];
    const shown = isFile
      ? listFiles(linux, full.slice(0, full.lastIndexOf("/")) || "/")
          .filter(({ name }) => name.replace(/ -> .*$/, "") === full.slice(full.lastIndexOf("/") + 1))
          .map((row) => ({ ...row, name: path }))
      : rows.filter(({ name }) => letters.has("a") || !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
    const width = Math.max(1, ...shown.map(({ size }) => String(size).length));
    const lines = shown.map(({ mode, links, owner, group, size, name }) =>
      letters.has("l")
        ? `${mode} ${links} ${user(owner)} ${user(group)} ${String(size).padStart(width)} ${name}`
        : name.replace(/ -> .*$/, ""),
    );
    const head = paths.length > 1 && !isFile ? ["", `${path}:`] : [];
    return [joined([...head, ...lines])];
  });
  return { ...printed(blocks.join("").replace(/^\n/, ""), errors === "" ? 0 : 2), errors };
}

const user = (id: number): string => (id === 0 ? "root" : id === 1000 ? "student" : String(id));

function ps(context: ShellContext): Output {
  const words = context.words.slice(1).join("");
  const rows = processes(context.machine.linux);
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
  if (words.includes("ef") || words.includes("aux")) {
    const lines = rows.map(
      ({ pid, ppid, uid, time: ms, comm }) =>
        `${user(uid).padEnd(8)} ${String(pid).padStart(7)} ${String(ppid).padStart(7)} ? ${time(ms)} ${comm}`,
    );
    return printed(joined(["UID          PID    PPID T TIME     CMD", ...lines]));
  }
  const lines = rows.map(({ pid, time: ms, comm }) => `${String(pid).padStart(7)} ?        ${time(ms)} ${comm}`);
  return printed(joined(["    PID TTY          TIME CMD", ...lines]));
}

function mount(context: ShellContext): Output {
  const { value, rest } = readLetters(context.words.slice(1), "to");
  const wanted = value("t");
  if (rest.length > 0) {
    // What courses mount is mounted.
    const target = rest.at(-1)!;
    const points = context.machine.linux.files.mounts.list().map(({ point }) => String(point));
    if (points.includes(target)) return failed(`mount: ${target}: ${rest[0]} already mounted on ${target}.\n`, 32);
    return failed(`mount: ${target}: this machine mounts nothing more from its shell.\n`, 32);
  }
  const lines = textOf(context.files.read("/proc/mounts"))
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => wanted === undefined || type === wanted)
    .map(([source, point, type, options]) => `${source} on ${point} type ${type} (${options})`);
  return printed(joined(lines));
}

function sysctl(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  const pathOf = (name: string): string => `/proc/sys/${name.replaceAll(".", "/")}`;
  const lines: string[] = [];
  for (const word of rest) {
    const [name = "", value] = word.split("=", 2);
    const path = pathOf(name.trim());
    try {
      if (value !== undefined) context.files.write(path, new TextEncoder().encode(value.trim()));
      const now = textOf(context.files.read(path)).trim();
      lines.push(letters.has("n") ? now : `${name.trim()} = ${now}`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "EINVAL";
      const why =
        code === "ENOENT"
          ? `cannot stat ${path}: ${errnoText(code)}`
          : `setting key "${name.trim()}": ${errnoText(code)}`;
      return failed(`sysctl: ${why}\n`, 255, joined(lines));
    }
  }
  return printed(joined(lines));
}

function uname({ words, machine }: ShellContext): Output {
  const letters = words.slice(1).join("");
  const release = releaseOf(machine.linux);
  const parts = [
    ...(letters === "" || /[sa]/.test(letters) ? ["Linux"] : []),
    ...(/[na]/.test(letters) ? ["bpfbook"] : []),
    ...(/[ra]/.test(letters) ? [release] : []),
    ...(/[va]/.test(letters) ? ["#1 SMP PREEMPT_DYNAMIC"] : []),
    ...(/[ma]/.test(letters) ? ["x86_64"] : []),
    ...(/[oa]/.test(letters) ? ["GNU/Linux"] : []),
  ];
  return printed(`${parts.join(" ")}\n`);
}

const dmesg = ({ machine }: ShellContext): Output =>
  printed(joined(kernelLog(machine.linux).map(({ time, text }) => `[${time.padStart(12)}] ${text}`)));

function cd(context: ShellContext): Output {
  const path = absolute(context.words[1] ?? "/root", context.cwd);
  const found = context.machine.linux.files.lookup(path);
  if (found === undefined) return failed(`bash: cd: ${context.words[1]}: ${errnoText("ENOENT")}\n`);
  if (!found.isDirectory) return failed(`bash: cd: ${context.words[1]}: ${errnoText("ENOTDIR")}\n`);
  context.chdir(path);
  return printed("");
}

/** Folders of bpf's file system need not be made: pins make them. */
function mkdir(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  for (const path of rest) {
    const full = absolute(path, context.cwd);
    if (full.startsWith(`${BPF_FS}/`)) continue;
    const { files } = context.machine.linux;
    const parent = full.slice(0, full.lastIndexOf("/")) || "/";
    if (files.lookup(full) !== undefined && !letters.has("p"))
      return failed(`mkdir: cannot create directory '${path}': ${errnoText("EEXIST")}\n`);
    if (files.lookup(parent) === undefined && !letters.has("p"))
      return failed(`mkdir: cannot create directory '${path}': ${errnoText("ENOENT")}\n`);
    files.mkdir(full);
  }
  return printed("");
}

/** Takes files and pins away; what nobody pins, attaches or uses any more is gone. */
function rm(context: ShellContext): Output {
  const { letters, rest } = readLetters(context.words.slice(1));
  const { linux, bpf } = context.machine;
  for (const path of rest) {
    const full = absolute(path, context.cwd);
    const pins = bpf.fs.list().filter(([at]) => at === full || (letters.has("r") && at.startsWith(`${full}/`)));
    for (const [at, pinned] of pins) {
      bpf.fs.unpin(at);
      if (pinned.kind === "map") bpf.removeMap(pinned.map);
      else if (pinned.kind === "program") bpf.removeProgram(pinned.program);
      else pinned.link.detach();
    }
    if (pins.length > 0) continue;
    if (linux.files.lookup(full) === undefined) {
      if (letters.has("f")) continue;
      return failed(`rm: cannot remove '${path}': ${errnoText("ENOENT")}\n`);
    }
    if (!linux.files.remove(full)) return failed(`rm: cannot remove '${path}': ${errnoText("EPERM")}\n`);
  }
  return printed("");
}

function cp(context: ShellContext): Output {
  const { rest } = readLetters(context.words.slice(1));
  const [from, to] = rest;
  if (from === undefined || to === undefined) return failed("cp: missing file operand\n");
  const target = absolute(to, context.cwd);
  const inside = context.machine.linux.files.lookup(target)?.isDirectory === true;
  context.files.write(inside ? `${target}/${from.slice(from.lastIndexOf("/") + 1)}` : target, context.files.read(from));
  return printed("");
}

async function sleep(context: ShellContext): Promise<Output> {
  const seconds = Number(context.words[1]);
  if (!(seconds >= 0 && seconds <= 3600)) return failed(`sleep: invalid time interval '${context.words[1] ?? ""}'\n`);
  await context.machine.linux.run(parseDuration(Math.round(seconds * 1e9)));
  return printed("");
}

function which(context: ShellContext): Output {
  const known = new Set(context.names());
  const found = context.words.slice(1).filter((name) => known.has(name));
  return printed(joined(found.map((name) => `/usr/sbin/${name}`)), found.length === context.words.length - 1 ? 0 : 1);
}

export const SYSTEM_COMMANDS: readonly ShellProgram[] = [
  { name: "cd", summary: "change the directory", run: cd },
  { name: "cp", summary: "copy a file", run: cp },
  { name: "dmesg", summary: "Linux's own log", run: dmesg },
  { name: "false", summary: "fails", run: () => printed("", 1) },
  { name: "hostname", summary: "the machine's name", run: () => printed("bpfbook\n") },
  { name: "id", summary: "who runs this", run: () => printed("uid=0(root) gid=0(root) groups=0(root)\n") },
  { name: "ls", summary: "list files", run: ls },
  { name: "mkdir", summary: "make directories", run: mkdir },
  { name: "mount", summary: "what is mounted", run: mount },
  { name: "ps", summary: "processes", run: ps },
  { name: "pwd", summary: "the directory", run: ({ cwd }) => printed(`${cwd}\n`) },
  { name: "rm", summary: "remove files and pins", run: rm },
  { name: "sleep", summary: "let the machine run", run: sleep },
  { name: "sysctl", summary: "settings of Linux", run: sysctl },
  { name: "true", summary: "succeeds", run: () => printed("") },
  { name: "uname", summary: "which Linux", run: uname },
  { name: "which", summary: "where a command is", run: which },
  { name: "whoami", summary: "who runs this", run: () => printed("root\n") },
];
