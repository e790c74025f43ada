import { O_RDONLY } from "../../linux/open.ts";
import type { Program } from "../../linux/sys.ts";

/** What it reads, again and again. */
const FILES = ["/etc/hostname", "/proc/loadavg", "/etc/does-not-exist", "/var/log/syslog"];
const PAUSE = 50_000_000;

/** A process that opens a file every 50 ms or so: what `opensnoop -p` shows. */
export const DISK_READER: Program = function* (sys) {
  for (;;) {
    for (const path of FILES) {
      yield sys.nanosleep(1 + sys.random.exponential(PAUSE));
      const fd = yield sys.openat(path, O_RDONLY);
      if (fd < 0) continue;
      yield sys.read(fd, 4096);
      yield sys.close(fd);
    }
  }
};
