/** Programs that do harm in investigations and are in no workload. */
import type { Linux } from "../../linux/linux.ts";
import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import { dynamicLinker } from "../../linux/workloads/steps.ts";
import { exec } from "../../linux/workloads/workload.ts";

const MB = 1_000_000;

/** A cache of one size, and a service that starts a program for each upload and waits for none of them. */
export function uploadsWithoutLimit(linux: Linux): void {
  linux.process({
    comm: "redis-server",
    uid: 110,
    gid: 110,
    *program(sys) {
      sys.enter(sys.text("/usr/bin/redis-server", "main"));
      const memory = yield sys.mmap(110 * MB);
      yield sys.touch(memory, 110 * MB);
      for (;;) {
        yield sys.nanosleep(5e6);
        yield sys.compute(50_000);
      }
    },
  });
  linux.process({
    comm: "uploadd",
    uid: 33,
    gid: 33,
    *program(sys) {
      sys.enter(sys.text("/usr/bin/uploadd", "main"));
      for (let n = 1; ; n++) {
        yield sys.nanosleep(1 + sys.random.exponential(60e6));
        yield sys.fork((child) => exec(child, "/usr/bin/convert", convert, ["convert", `/srv/uploads/${n}.jpg`]));
      }
    },
  });
}

/** A picture takes memory at once and its time afterwards. */
function* convert(sys: Sys): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text("/usr/bin/convert", "ReadImage"));
  const memory = yield sys.mmap(9 * MB);
  yield sys.touch(memory, 9 * MB);
  sys.leave();
  for (let line = 0; line < 300; line++) {
    yield sys.compute(100_000);
    yield sys.nanosleep(10e6);
  }
}

/** `cron` starts a report at each of its minutes, which computes on all CPUs at once. */
export function reportByCron(linux: Linux, { every, computes }: { every: number; computes: number }): void {
  linux.files.create("/etc/cron.d/report", "* * * * * reports /srv/reports/all.sh\n");
  linux.process({
    comm: "cron",
    *program(sys) {
      sys.enter(sys.text("/usr/sbin/cron", "main"));
      for (let next = every; ; next += every) {
        yield sys.nanosleep(Math.max(1, next * 1e6 - sys.now()));
        yield sys.fork((child) => exec(child, "/usr/bin/sh", all, ["sh", "-c", "/srv/reports/all.sh"]));
        yield sys.wait();
      }
    },
  });
  function* all(sys: Sys): UserCode<void> {
    yield sys.setgid(1004);
    yield sys.setuid(1004);
    yield* dynamicLinker(sys);
    sys.enter(sys.text("/usr/bin/sh", "main"));
    for (let part = 0; part < 8; part++) {
      yield sys.fork((child) => exec(child, "/usr/bin/awk", awk, ["awk", "-f", `/srv/reports/${part}.awk`]));
    }
    for (let part = 0; part < 8; part++) yield sys.wait();
  }
  function* awk(sys: Sys): UserCode<void> {
    sys.enter(sys.text("/usr/bin/awk", "execute_program"));
    yield sys.compute(computes * 1e6);
  }
}

/** A program that asks again and again whether a file is there, and sleeps only as long as a timer takes. */
export function askingAgain(linux: Linux): void {
  linux.process({
    comm: "deployd",
    uid: 1003,
    gid: 1003,
    *program(sys) {
      sys.enter(sys.text("/usr/bin/deployd", "main"));
      sys.enter(sys.text("/usr/bin/deployd", "wait_for_release"));
      for (;;) {
        yield sys.stat("/srv/releases/next");
        yield sys.compute(2_000);
        yield sys.nanosleep(40_000);
      }
    },
  });
}
