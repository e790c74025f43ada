import { O_APPEND, O_CREAT, O_WRONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker, readAll } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const CRON = "/usr/sbin/cron";

/** How many jobs there are, and how often they run. */
export interface CronOptions {
  readonly jobs: number;
  /** Milliseconds from one minute of this clock to the next; on a real machine 60,000. */
  readonly every: number;
}

const PARAMETERS: ParameterTable<CronOptions> = {
  jobs: { usual: 3, most: 1_000, whole: true },
  every: { usual: 1_000, most: 86_400_000 },
};

/** Who the jobs belong to: root's, a user's and the mail system's. */
const USERS = [0, 1000, 105];

/**
 * `cron`: once a minute it looks at its tables and starts each job as its user: `setgid`, `setuid`, `setfsuid`, then
 * `/bin/sh -c`, which starts the program. The job's output goes to a log.
 *
 * To be seen with: `tracepoint:syscalls:sys_enter_setuid`, `sys_enter_setfsuid`, `kprobe:cap_capable`,
 * `kprobe:commit_creds`, `tracepoint:sched:sched_process_exec`, `tracepoint:syscalls:sys_enter_nanosleep`
 * (sleeps until the next minute), `tracepoint:task:task_rename`.
 */
export function cron(options: Partial<CronOptions> = {}): ConfiguredWorkload<CronOptions> {
  const all = withDefaults("cron", PARAMETERS, options);
  return new ConfiguredWorkload("cron", all, (linux) => {
    linux.files.create("/etc/crontab", "17 * * * * root run-parts --report /etc/cron.hourly\n");
    linux.files.create("/etc/cron.hourly/tidy", "#!/bin/sh\nfind /tmp -mtime +10 -delete\n", { mode: 0o755 });
    return linux.process({ comm: "cron", program: (sys) => daemon(sys, all) });
  });
}

function* daemon(sys: Sys, { jobs, every }: CronOptions): UserCode<void> {
  sys.enter(sys.text(CRON, "main"));
  for (;;) {
    yield sys.nanosleep(every * 1e6);
    sys.enter(sys.text(CRON, "load_database"));
    yield sys.stat("/etc/crontab");
    yield* readAll(sys, "/etc/crontab", 4096);
    sys.leave();
    sys.enter(sys.text(CRON, "find_jobs"));
    for (let job = 0; job < jobs; job++) yield sys.fork((child) => run(child, job));
    sys.leave();
    for (let job = 0; job < jobs; job++) yield sys.wait();
  }
}

/** cron's own child, which becomes the job's user and waits for the job. */
function* run(sys: Sys, job: number): UserCode<void> {
  sys.enter(sys.text(CRON, "do_command"));
  const uid = USERS[job % USERS.length]!;
  yield sys.setgid(uid);
  yield sys.setfsuid(uid);
  yield sys.setuid(uid);
  yield sys.fork((child) => exec(child, "/usr/bin/sh", shell, ["sh", "-c", "run-parts /etc/cron.hourly"]));
  yield sys.wait();
  sys.leave();
}

function* shell(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/sh", "main"));
  yield* readAll(sys, "/etc/cron.hourly/tidy", 4096);
  yield sys.fork((child) => exec(child, "/usr/bin/find", find, ["find", "/tmp", "-mtime", "+10", "-delete"]));
  yield sys.wait();
  const log = yield sys.openat("/tmp/cron.log", O_WRONLY | O_CREAT | O_APPEND, 0o666);
  if (log >= 0) {
    yield sys.write(log, 64);
    yield sys.close(log);
  }
  sys.leave();
}

function* find(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/find", "main"));
  const names: string[] = [];
  const directory = yield sys.openat("/tmp", 0);
  while ((yield sys.getdents(directory, names)) > 0);
  yield sys.close(directory);
  for (const name of names) yield sys.stat(`/tmp/${name}`);
  sys.leave();
}
