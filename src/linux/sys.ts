import { sysWait4 } from "./exit.ts";
import { sysGetdents64 } from "./fs/directory.ts";
import { sysReadlink } from "./fs/names.ts";
import { type Stat, sysFstat, sysNewfstatat } from "./fs/stat.ts";
import type { UsdtPoint } from "./hooks/usdt.ts";
import { touch } from "./mm/fault.ts";
import { AF_INET, AF_INET6, AF_UNIX, type Ip, ipOf } from "./net/address.ts";
import { SOCK_STREAM } from "./net/sock.ts";
import { sysPipe2 } from "./pipe.ts";
import { sysPoll } from "./poll.ts";
import { sysClone, sysExecve } from "./process.ts";
import type { Random } from "./random.ts";
import { sysWrite } from "./read-write.ts";
import { SocketAddress } from "./security/arguments.ts";
import { sysRtSigaction } from "./signal-send.ts";
import { sysNanosleep } from "./sleep.ts";
import { type Message, sysBind, sysConnect, sysRecvfrom, sysSendto } from "./socket.ts";
import { type OptionValue, sysGetname, sysGetsockopt, sysSetsockopt } from "./socket-calls.ts";
import type { Frame } from "./symbols.ts";
import { HANDLERS } from "./syscalls.ts";
import { type Arg, after, type Kernel, type Request, type SyscallHandler, type Task, type UserCode } from "./task.ts";
import { sysSocketpair } from "./unix-socket.ts";
import { USER_HEAP, USER_TIMESPEC } from "./user-buffer.ts";

/** What a program of the machine executes; it reaches Linux through `sys` alone. */
export type Program = (sys: Sys) => UserCode;

const AT_FDCWD = 0xffff_ff9c;
/** What libc passes: CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD. */
const FORK_FLAGS = 0x120_0011;
/** CLONE_VM | CLONE_VFORK | SIGCHLD. */
const VFORK_FLAGS = 0x4111;
/** CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID and CHILD_CLEARTID. */
const THREAD_FLAGS = 0x3d_0f00;
const CLONE_ARGS_SIZE = 88;
/** SYNC_FILE_RANGE_WAIT_BEFORE, WRITE and WAIT_AFTER. */
const SYNC_FILE_RANGE_ALL = 7;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

const sleepAsAsked: SyscallHandler = (t) => sysNanosleep(t, t.sleepNs);

/** There is one request at a time, and the task holds what it is. */
const REQUEST = { __request: true } as Request;

function* withoutResult(rest: Kernel<void>): Kernel<number> {
  yield* rest;
  return 0;
}

/**
 * The machine as a program sees it: system calls, computing, and functions of its own. A request is made with `yield`,
 * which gives its result; `enter` and `leave` take no time and are called as they are.
 *
 * @example
 * function* cat(sys: Sys): UserCode {
 *   sys.enter(sys.text("/usr/bin/cat", "main"));
 *   const fd = yield sys.openat("/etc/hosts", 0);
 *   while ((yield sys.read(fd, 131072)) > 0) yield sys.compute(2_000);
 *   yield sys.close(fd);
 *   sys.leave();
 * }
 */
export class Sys {
  readonly task: Task;
  /** Random numbers of the machine's workloads. */
  readonly random: Random;

  constructor(task: Task, random: Random) {
    this.task = task;
    this.random = random;
  }

  /** A function of a program, to be entered; `binary` is a path. */
  text(binary: string, name: string): Frame {
    return this.task.linux.symbols.userFrame(binary, name);
  }

  /** Into a function of the program, with its arguments: integers, and addresses of what the program has in memory. */
  enter(frame: Frame, ...args: readonly Arg[]): void {
    this.task.enterUser(frame, args);
  }

  /** Out of the last function entered, with its result. */
  leave(result?: Arg): void {
    this.task.leaveUser(result);
  }

  /** The address of a text of the program's, with a zero behind it. */
  string(text: string): number {
    return this.task.linux.strings.address(text);
  }

  /** A static probe that a program was compiled with. */
  usdt(binary: string, provider: string, name: string): UsdtPoint {
    return this.task.linux.hooks.programs.point(binary, provider, name);
  }

  /** Execution passes a static probe, which takes no time. */
  pass(point: UsdtPoint, ...args: readonly Arg[]): void {
    if (point.hook !== undefined) this.task.linux.hooks.programs.reached(point, this.task, args);
  }

  /** Virtual nanoseconds now, as `clock_gettime` tells through the vDSO, without a system call. */
  now(): number {
    return this.task.cpu.now;
  }

  /** Computes for `ns` in user space; the result is 0. */
  compute(ns: number): Request {
    const t = this.task;
    t.left = ns;
    t.result = 0;
    t.phase = "compute";
    return REQUEST;
  }

  /**
   * Any system call: its number, its registers, and what Linux executes if that is not what it usually is.
   * The result is what the call returns: -errno for an error.
   */
  call(nr: number, args: readonly number[], handler: SyscallHandler | undefined = HANDLERS[nr]): Request {
    const t = this.task;
    t.nr = nr;
    t.args = args;
    t.handler = handler;
    t.phase = "begin";
    return REQUEST;
  }

  /** Memory of its own, `bytes` of it; gives the address. No page is there before it is touched. */
  mmap(bytes: number): Request {
    return this.call(9, [0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, 0xffff_ffff, 0]);
  }

  munmap(address: number, bytes: number): Request {
    return this.call(11, [address, bytes]);
  }

  /** Moves the end of the heap; 0 asks where it is. */
  brk(address: number): Request {
    return this.call(12, [address]);
  }

  /** Sleeps at an address until somebody of this process wakes it there: FUTEX_WAIT_PRIVATE. */
  futexWait(address: number): Request {
    return this.call(202, [address, 128, 2, 0]);
  }

  /** Wakes up to `most` that sleep at an address; how many: FUTEX_WAKE_PRIVATE. */
  futexWake(address: number, most: number): Request {
    return this.call(202, [address, 129, most]);
  }

  /** Writes to memory: each page that is touched for the first time is a page fault. The result is 0. */
  touch(address: number, bytes: number): Request {
    this.task.rest = touch(this.task, address, bytes);
    this.task.outside = "fault";
    this.task.phase = "kernel";
    return REQUEST;
  }

  /** Sleeps, or waits in Linux, without a system call; the result is 0. */
  pause(rest: Kernel<void>): Request {
    this.task.rest = withoutResult(rest);
    this.task.outside = "fault";
    this.task.phase = "kernel";
    return REQUEST;
  }

  /** Executes something of Linux without a system call, and without coming back from it. */
  stay(rest: Kernel<never>): Request {
    this.task.rest = rest;
    this.task.phase = "kernel";
    return REQUEST;
  }

  read(fd: number, count: number): Request {
    return this.call(0, [fd, USER_HEAP, count]);
  }

  write(fd: number, count: number): Request {
    return this.call(1, [fd, USER_HEAP, count]);
  }

  close(fd: number): Request {
    return this.call(3, [fd]);
  }

  /** Writes this text; without knowing it a program writes a number of bytes, which read as zeros. */
  print(fd: number, text: string): Request {
    const bytes = new TextEncoder().encode(text);
    return this.call(1, [fd, USER_HEAP, bytes.length], (t, file, buffer, count) => {
      t.sent = bytes;
      return after(sysWrite(t, file, buffer, count), (result) => {
        t.sent = undefined;
        return result;
      });
    });
  }

  pread(fd: number, count: number, position: number): Request {
    return this.call(17, [fd, USER_HEAP, count, position]);
  }

  pwrite(fd: number, count: number, position: number): Request {
    return this.call(18, [fd, USER_HEAP, count, position]);
  }

  lseek(fd: number, offset: number, whence: 0 | 1 | 2): Request {
    return this.call(8, [fd, offset, whence]);
  }

  fsync(fd: number): Request {
    return this.call(74, [fd]);
  }

  fdatasync(fd: number): Request {
    return this.call(75, [fd]);
  }

  /** Everything that is dirty goes to the disks. */
  sync(): Request {
    return this.call(162, []);
  }

  /** The same for the file system that a file is on. */
  syncfs(fd: number): Request {
    return this.call(306, [fd]);
  }

  /** A file's pages go to the disk, and nothing of its size or times. */
  syncFileRange(fd: number, offset: number, bytes: number): Request {
    return this.call(277, [fd, offset, bytes, SYNC_FILE_RANGE_ALL]);
  }

  /** How much room there is in a file system. */
  statfs(path: string): Request {
    return this.call(137, [this.#address(path), USER_HEAP]);
  }

  ftruncate(fd: number, length: number): Request {
    return this.call(77, [fd, length]);
  }

  /** As libc's `stat`: puts what it finds into `out`. */
  stat(path: string, out?: Stat[], flags = 0): Request {
    const args = [AT_FDCWD, this.#address(path), USER_HEAP, flags];
    return this.call(262, args, (t, dfd, name, buffer, how) => sysNewfstatat(t, dfd, name, buffer, how, out));
  }

  fstat(fd: number, out?: Stat[]): Request {
    return this.call(5, [fd, USER_HEAP], (t, file, buffer) => sysFstat(t, file, buffer, out));
  }

  access(path: string, mode: number): Request {
    return this.call(269, [AT_FDCWD, this.#address(path), mode]);
  }

  unlink(path: string): Request {
    return this.call(87, [this.#address(path)]);
  }

  rename(from: string, to: string): Request {
    return this.call(82, [this.#address(from), this.#address(to)]);
  }

  mkdir(path: string, mode = 0o777): Request {
    return this.call(83, [this.#address(path), mode]);
  }

  rmdir(path: string): Request {
    return this.call(84, [this.#address(path)]);
  }

  link(from: string, to: string): Request {
    return this.call(86, [this.#address(from), this.#address(to)]);
  }

  symlink(target: string, path: string): Request {
    return this.call(88, [this.#address(target), this.#address(path)]);
  }

  /** Puts the link's text into `out`. */
  readlink(path: string, out?: string[]): Request {
    const args = [this.#address(path), USER_HEAP, 4096];
    return this.call(89, args, (t, name, buffer, size) => sysReadlink(t, name, buffer, size, out));
  }

  /** Puts the names into `out`; bytes of the buffer used, 0 at the end. */
  getdents(fd: number, out?: string[], size = 32_768): Request {
    return this.call(217, [fd, USER_HEAP, size], (t, file, buffer, count) =>
      sysGetdents64(t, file, buffer, count, out),
    );
  }

  chdir(path: string): Request {
    return this.call(80, [this.#address(path)]);
  }

  chmod(path: string, mode: number): Request {
    return this.call(90, [this.#address(path), mode]);
  }

  chown(path: string, uid: number, gid: number): Request {
    return this.call(92, [this.#address(path), uid, gid]);
  }

  dup2(from: number, to: number): Request {
    return this.call(33, [from, to]);
  }

  ioctl(fd: number, command: number): Request {
    return this.call(16, [fd, command, USER_HEAP]);
  }

  flock(fd: number, operation: number): Request {
    return this.call(73, [fd, operation]);
  }

  sendfile(out: number, input: number, count: number): Request {
    return this.call(40, [out, input, 0, count]);
  }

  #address(text: string): number {
    return this.task.linux.strings.address(text);
  }

  /** `flags` as in `open(2)`: `O_RDONLY`, `O_CREAT | O_WRONLY`, ... */
  openat(path: string, flags: number, mode = 0): Request {
    return this.call(257, [AT_FDCWD, this.task.linux.strings.address(path), flags, mode]);
  }

  nanosleep(ns: number): Request {
    this.task.sleepNs = ns;
    return this.call(35, [USER_TIMESPEC, 0], sleepAsAsked);
  }

  /** `AF_INET` and `SOCK_STREAM` by default. */
  socket(family = 2, type = 1): Request {
    return this.call(41, [family, type, 0]);
  }

  /** To a port of all addresses, or of `ip` ("10.0.0.2"); port 0 is a free one. */
  bind(fd: number, port: number, ip?: string): Request {
    const own = ip === undefined ? 0 : ipOf("ip", ip);
    const [address, length] = this.#socketAddress(own, port);
    return this.call(49, [fd, address, length], (t) => sysBind(t, fd, port, ip === undefined ? undefined : own));
  }

  listen(fd: number, backlog: number): Request {
    return this.call(50, [fd, backlog]);
  }

  connect(fd: number, ip: string, port: number): Request {
    const target = ipOf("ip", ip);
    const [address, length] = this.#socketAddress(target, port);
    return this.call(42, [fd, address, length], (t) => sysConnect(t, fd, target, port));
  }

  /** A `struct sockaddr_in` or `sockaddr_in6` in the program's memory: its address and size. */
  #socketAddress(ip: Ip, port: number): readonly [address: number, length: number] {
    const { strings } = this.task.linux;
    const length = typeof ip === "number" ? 16 : 28;
    const make = () => new SocketAddress(typeof ip === "number" ? AF_INET : AF_INET6, ip, port).struct;
    return [strings.structure(`sockaddr ${ip} ${port}`, make), length];
  }

  /** Sends `data` (bytes, or that many zeros) to an address, or along a connection. */
  sendto(fd: number, data: Uint8Array | number, ip?: string, port?: number): Request {
    const length = typeof data === "number" ? data : data.length;
    const to: Message = { data: typeof data === "number" ? undefined : data, port };
    if (ip !== undefined) to.ip = ipOf("ip", ip);
    const [address, size] = to.ip === undefined ? [0, 0] : this.#socketAddress(to.ip, port ?? 0);
    return this.call(44, [fd, USER_HEAP, length, 0, address, size], (t) => sysSendto(t, 44, fd, length, to));
  }

  /** Receives at most `count` bytes; `out` gets them, and who sent them. */
  recvfrom(fd: number, count: number, out?: Message): Request {
    return this.call(45, [fd, USER_HEAP, count, 0, USER_HEAP, 16], (t) => sysRecvfrom(t, 45, fd, count, out));
  }

  /** An option of a socket: a number, or the bytes of its value. */
  setsockopt(fd: number, level: number, name: number, value: number | Uint8Array): Request {
    const bytes = typeof value === "number" ? new Uint8Array(Int32Array.of(value).buffer) : value;
    const args = [fd, level, name, USER_HEAP, bytes.length];
    return this.call(54, args, (t) => sysSetsockopt(t, fd, level, name, bytes));
  }

  /** Puts the value of an option, at most `length` bytes, into `out`. */
  getsockopt(fd: number, level: number, name: number, out?: OptionValue, length = 4): Request {
    const args = [fd, level, name, USER_HEAP, USER_HEAP + 64];
    return this.call(55, args, (t) => sysGetsockopt(t, fd, level, name, length, out));
  }

  /** Puts the socket's own address into `out`. */
  getsockname(fd: number, out: Message): Request {
    return this.call(51, [fd, USER_HEAP, USER_HEAP + 64], (t) => sysGetname(t, fd, false, out));
  }

  /** Puts the address of the other side into `out`. */
  getpeername(fd: number, out: Message): Request {
    return this.call(52, [fd, USER_HEAP, USER_HEAP + 64], (t) => sysGetname(t, fd, true, out));
  }

  /** 0: reading, 1: writing, 2: both. */
  shutdown(fd: number, how: number): Request {
    return this.call(48, [fd, how]);
  }

  /** Waits until one of these sockets can be read, `timeout` milliseconds at most; how many can be. */
  poll(fds: readonly number[], timeout = -1): Request {
    return this.call(7, [USER_HEAP, fds.length, timeout >>> 0], (t) => sysPoll(t, fds, timeout));
  }

  accept(fd: number): Request {
    return this.call(288, [fd, 0, 0, 0]);
  }

  /** Puts the read and the write descriptor into `out`. */
  pipe(out: number[]): Request {
    return this.call(293, [USER_HEAP, 0], (t) => sysPipe2(t, out));
  }

  /** Two sockets of the family AF_UNIX that are connected with each other; puts their descriptors into `out`. */
  socketpair(out: number[]): Request {
    return this.call(53, [AF_UNIX, SOCK_STREAM, 0, USER_HEAP], (t) => sysSocketpair(t, out));
  }

  /** Starts a child that runs `program`; gives its pid. */
  fork(program: Program): Request {
    return this.#clone(56, FORK_FLAGS, (parent) => parent.linux.create({ program, comm: parent.comm, parent }));
  }

  /** Starts a child, and waits until it has become another program or has exited: `posix_spawn`. */
  vfork(program: Program): Request {
    return this.#clone(435, VFORK_FLAGS, (parent) => parent.linux.create({ program, comm: parent.comm, parent }));
  }

  /** Starts a thread of this process: `pthread_create`. Gives its thread id; it ends when `program` does. */
  thread(program: Program): Request {
    return this.#clone(435, THREAD_FLAGS, (t) => {
      const { comm, tgid, group, files, parent, uid, gid } = t;
      return t.linux.create({ program, comm, tgid, group, files, parent, uid, gid, thread: true });
    });
  }

  #clone(nr: 56 | 435, flags: number, makeChild: (parent: Task) => Task): Request {
    const args = nr === 56 ? [flags, 0, 0, 0, 0] : [USER_HEAP, CLONE_ARGS_SIZE];
    return this.call(nr, args, (t) => sysClone(t, { nr, flags }, makeChild));
  }

  /** Becomes another program; what follows this call is never reached. `argv` begins with the program's name. */
  execve(path: string, program: Program, argv: readonly string[] = [path], envp = this.task.envp): Request {
    const { strings } = this.task.linux;
    const args = [strings.address(path), strings.pointers(argv), strings.pointers(envp)];
    return this.call(59, args, (t) => sysExecve(t, { path, argv, envp }, program));
  }

  /** Sends a signal to a process, or to the process group `-pid`. */
  kill(pid: number, signal: number): Request {
    return this.call(62, [pid, signal]);
  }

  /** Sends a signal to one thread. */
  tgkill(tgid: number, pid: number, signal: number): Request {
    return this.call(234, [tgid, pid, signal]);
  }

  /** Runs `handler` at a signal, or ignores it where there is none; `restart` makes the interrupted call again. */
  sigaction(signal: number, handler: Program | undefined, restart = true): Request {
    return this.call(13, [signal, USER_HEAP, 0, 8], (t) => sysRtSigaction(t, signal, { handler, restart }));
  }

  /** The end of a signal handler. */
  sigreturn(): Request {
    return this.call(15, []);
  }

  setuid(uid: number): Request {
    return this.call(105, [uid]);
  }

  setfsuid(uid: number): Request {
    return this.call(122, [uid]);
  }

  /** Real, effective and saved user id. */
  setresuid(real: number, effective: number, saved: number): Request {
    return this.call(117, [real, effective, saved]);
  }

  setgid(gid: number): Request {
    return this.call(106, [gid]);
  }

  /** Changes the nice value of a process, 0 for itself. */
  setpriority(pid: number, nice: number): Request {
    return this.call(141, [0, pid, nice]);
  }

  setsid(): Request {
    return this.call(112, []);
  }

  sched_yield(): Request {
    return this.call(24, []);
  }

  /** Ends the process; what follows is never reached. */
  exit(code: number): Request {
    return this.call(231, [code]);
  }

  /** Ends a thread; what follows is never reached. */
  exitThread(code: number): Request {
    return this.call(60, [code]);
  }

  /** Waits for a child to exit: any, or `pid`; its pid, or -ECHILD. The wait status is put into `status`. */
  wait(pid = -1, status?: number[], options = 0): Request {
    return this.call(61, [pid >>> 0, 0, options, 0], (t) => sysWait4(t, pid, options, status));
  }
}
