import { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from "../open.ts";
import type { Program, Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker, readAll } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const BASH = "/usr/bin/bash";
const HOME = "/home/student";

/** How often the user types a command. */
export interface ShellSessionOptions {
  /** Milliseconds between two commands. */
  readonly pause: number;
}

const PARAMETERS: ParameterTable<ShellSessionOptions> = { pause: { usual: 300, most: 3_600_000 } };

const SIGTERM = 15;
const FIONREAD = 0x541b;

/** A command: what is typed, and what its program does. */
interface Command {
  readonly line: string;
  readonly path: string;
  readonly program: Program;
}

/** What the user types, in this order, again and again. */
const COMMANDS: readonly Command[] = [
  { line: "ls -l", path: "/usr/bin/ls", program: ls },
  { line: "cat notes.txt", path: "/usr/bin/cat", program: (sys) => cat(sys, `${HOME}/notes.txt`) },
  { line: "cat missing.txt", path: "/usr/bin/cat", program: (sys) => cat(sys, `${HOME}/missing.txt`) },
  { line: "df -h", path: "/usr/bin/df", program: df },
  { line: "ps aux", path: "/usr/bin/ps", program: ps },
  { line: "vi notes.txt", path: "/usr/bin/vi", program: edit },
  { line: "mkdir -p work/new", path: "/usr/bin/mkdir", program: directories },
  { line: "sleep 0.05", path: "/usr/bin/sleep", program: (sys) => simple(sys, "/usr/bin/sleep", sys.nanosleep(50e6)) },
  { line: "sudo id", path: "/usr/bin/sudo", program: sudo },
  { line: "nc -z 203.0.113.9 81", path: "/usr/bin/nc", program: knock },
  { line: "sync", path: "/usr/bin/sync", program: (sys) => simple(sys, "/usr/bin/sync", sys.sync()) },
];

/**
 * Somebody works in bash: `readline` gives what was typed, then a child becomes the command: `ls`, `cat`, `df`, `ps`, an editor
 * that saves with `fsync` and `rename`, `sudo`, `sleep`, `sync`. Now and then a job in the background is killed.
 *
 * To be seen with: `uretprobe:/bin/bash:readline` (its result is the line), `tracepoint:syscalls:sys_enter_execve`,
 * `sys_enter_openat`, `sys_enter_newfstatat`, `sys_enter_statx`, `sys_enter_statfs`, `sys_enter_setresuid`,
 * `sys_enter_kill`, `tracepoint:signal:signal_generate`, `kprobe:vfs_create`, `vfs_unlink`, `kprobe:cap_capable`.
 */
export function shellSession(options: Partial<ShellSessionOptions> = {}): ConfiguredWorkload<ShellSessionOptions> {
  const all = withDefaults("shellSession", PARAMETERS, options);
  return new ConfiguredWorkload("shellSession", all, (linux) => {
    linux.files.create(`${HOME}/notes.txt`, "remember the milk\n", { uid: 1000, gid: 1000 });
    linux.files.mkdir(`${HOME}/work`, { uid: 1000, gid: 1000 });
    linux.files.create("/usr/bin/sudo", 277_936, { mode: 0o4755 });
    linux.files.create("/etc/sudoers", "student ALL=(ALL:ALL) ALL\n", { mode: 0o440 });
    const program = (sys: Sys) => session(sys, all.pause * 1e6);
    return linux.process({ comm: "bash", uid: 1000, gid: 1000, program });
  });
}

function* session(sys: Sys, pause: number): UserCode<void> {
  sys.enter(sys.text(BASH, "main"));
  sys.enter(sys.text(BASH, "reader_loop"));
  yield sys.chdir(HOME);
  for (let turn = 0; ; turn++) {
    const { line, path, program } = COMMANDS[turn % COMMANDS.length]!;
    sys.enter(sys.text(BASH, "readline"), sys.string("student@machine:~$ "));
    yield sys.nanosleep(1 + sys.random.exponential(pause));
    sys.leave(sys.string(line));
    sys.enter(sys.text(BASH, "execute_command"));
    yield sys.compute(60_000);
    yield sys.fork((child) => exec(child, path, program, line.split(" ")));
    yield sys.wait();
    sys.leave();
    if (turn % COMMANDS.length === 0) yield* killJob(sys);
  }
}

/** `sleep 100 &`, `kill %1`, and once a pid that does not exist. */
function* killJob(sys: Sys): UserCode<void> {
  const job = yield sys.fork((child) => exec(child, "/usr/bin/sleep", hundredSeconds, ["sleep", "100"]));
  yield sys.nanosleep(5e6);
  sys.enter(sys.text(BASH, "kill_builtin"));
  yield sys.kill(job, SIGTERM);
  yield sys.kill(999_999, SIGTERM);
  sys.leave();
  yield sys.wait();
}

function* hundredSeconds(sys: Sys): UserCode<void> {
  yield sys.nanosleep(100e9);
}

function* simple(sys: Sys, path: string, request: ReturnType<Sys["sync"]>): UserCode<void> {
  sys.enter(sys.text(path, "main"));
  yield request;
  sys.leave();
}

function* ls(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/ls", "main"));
  yield sys.ioctl(1, FIONREAD);
  const names: string[] = [];
  const directory = yield sys.openat(HOME, O_RDONLY);
  while ((yield sys.getdents(directory, names)) > 0);
  yield sys.close(directory);
  // `ls` asks for what `statx` gives, older programs for `stat` and `lstat`.
  for (const name of names) {
    const path = sys.string(`${HOME}/${name}`);
    yield sys.call(332, [AT_FDCWD, path, 0, 0x7ff, 0]);
    yield sys.call(6, [path, 0]);
    yield sys.call(4, [path, 0]);
  }
  const output = yield sys.openat("/dev/pts/0", O_WRONLY);
  yield sys.write(output, 60 * names.length);
  sys.leave();
}

const AT_FDCWD = 0xffff_ff9c;

function* cat(sys: Sys, path: string): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/cat", "main"));
  const output = yield sys.openat("/dev/pts/0", O_WRONLY);
  const bytes = yield* readAll(sys, path, 131_072);
  if (bytes > 0) yield sys.write(output, bytes);
  sys.leave();
}

function* df(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/df", "main"));
  yield* readAll(sys, "/proc/mounts", 4096);
  for (const path of ["/", "/srv", "/var/lib/postgresql"]) yield sys.statfs(path);
  sys.leave();
}

function* ps(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/ps", "main"));
  const names: string[] = [];
  const directory = yield sys.openat("/proc", O_RDONLY);
  while ((yield sys.getdents(directory, names)) > 0);
  yield sys.close(directory);
  for (const pid of names.filter((name) => /^\d+$/.test(name))) {
    // The old call, which some programs still make.
    const file = yield sys.call(2, [sys.string(`/proc/${pid}/stat`), O_RDONLY, 0]);
    if (file < 0) continue;
    yield sys.read(file, 2048);
    yield sys.close(file);
  }
  sys.leave();
}

/** An editor saves: a new file, on the disk, then in the old one's place. */
function* edit(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/vi", "main"));
  yield* readAll(sys, `${HOME}/notes.txt`);
  yield sys.compute(3_000_000);
  sys.enter(sys.text("/usr/bin/vi", "buf_write"));
  const file = yield sys.openat(`${HOME}/.notes.txt.swp`, O_RDWR | O_CREAT, 0o600);
  yield sys.print(file, "remember the milk\n");
  yield sys.fsync(file);
  yield sys.close(file);
  yield sys.rename(`${HOME}/.notes.txt.swp`, `${HOME}/notes.txt`);
  sys.leave();
  sys.leave();
}

function* directories(sys: Sys): UserCode<void> {
  sys.enter(sys.text("/usr/bin/mkdir", "main"));
  yield sys.mkdir(`${HOME}/work/new`);
  yield sys.symlink("../notes.txt", `${HOME}/work/new/link`);
  yield sys.unlink(`${HOME}/work/new/link`);
  yield sys.rmdir(`${HOME}/work/new`);
  sys.leave();
}

/** Nobody listens there: a reset comes back. */
function* knock(sys: Sys): UserCode<void> {
  sys.enter(sys.text("/usr/bin/nc", "main"));
  const socket = yield sys.socket();
  yield sys.connect(socket, "203.0.113.9", 81);
  yield sys.close(socket);
  sys.leave();
}

/** The file belongs to root and is set-user-id; what it cannot do as the user it does as root. */
function* sudo(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/sudo", "main"));
  yield* readAll(sys, "/etc/sudoers", 4096);
  yield sys.setresuid(0, 0, 0);
  yield sys.setgid(0);
  sys.leave();
}
