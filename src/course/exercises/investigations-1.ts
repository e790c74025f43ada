import { type Exercise, exercise } from "../exercise.ts";
import { findings, numberIn } from "../investigations/findings.ts";

/** Five machines that are slow. */
export const INVESTIGATIONS_1: readonly Exercise[] = [
  exercise({
    id: "inv-1",
    title: "The slow till",
    hints: [
      "The CPUs have nothing to do, so somebody waits. For what do programs wait that read and write files?",
      "`biolatency` with `disks: true` makes a histogram for each disk. Compare it with the list from last month, disk by disk.",
      "A disk is not slow because others are faster. Which one is slower than it used to be? `biosnoop` says who uses it.",
    ],
    mistakes: {
      always: "vdb turns, and takes its 4 to 15 ms: it did so last month. Look for the disk that has changed.",
      busy: "vda has the most requests, and all are done within a millisecond, as last month.",
      victim: "That program does not wait for this disk. Which program's requests does biosnoop show there?",
    },
    check: (answer, it) => {
      const { disk, program } = findings(answer, it, ["disk", "program"]);
      it.answer("the disk that has changed", disk, "vdc", {
        '"vdb"': "always",
        '"/srv"': "always",
        '"vda"': "busy",
        '"/"': "busy",
      });
      const others = { '"tar"': "victim", '"webserver"': "victim", '"jbd2/vdc1-8"': "victim" } as const;
      it.answer("the program that waits for it", program, "postgres", others);
    },
  }),
  exercise({
    id: "inv-2",
    title: "The copy that takes all night",
    hints: [
      "The copy goes through TCP. What does TCP do when a packet is not confirmed? There is a tool for that.",
      "`tcpretrans` with `count: true`: which connections send again? Only those of the copy?",
      "Count `tracepoint:tcp:tcp_retransmit_skb` and `kprobe:__tcp_transmit_skb` in the same seconds, and divide.",
    ],
    mistakes: {
      far: "Then only connections to that host would send again. Look at the whole list: who else does?",
      percent: "That is a percentage. A share is a number from 0 to 1.",
      share: "Divide what is sent again by what is sent, both counted in the same seconds.",
    },
    check: (answer, it) => {
      const { program, where, share } = findings(answer, it, ["program", "where", "share"]);
      it.answer("the program that suffers most", program, "rsync");
      it.answer("where packets get lost", where, "line", { '"host"': "far" });
      const part = numberIn(share);
      const mistake = part > 1 ? "percent" : "share";
      it.that("how many are sent again", part >= 0.06 && part <= 0.16, `it is not about ${part}`, mistake);
    },
  }),
  exercise({
    id: "inv-3",
    title: "Restart it every Sunday",
    hints: [
      "What does a process have that can become more and more? Memory and open files. Who opens more than it closes?",
      "Count `sys_exit_openat` and `sys_exit_close` by `comm`. Then `m.ls` of the process's `/proc/PID/fd` says which file.",
      'For memory: `m.tool("memleak", { args: ["-p", String(pid)], for: "1s" })`. Bytes divided by allocations.',
    ],
    mistakes: {
      busiest:
        "It opens the most files, and closes them all (a socket is closed, too, so it closes more than it opens).",
      total: "That is all that was lost while you watched. How much is lost each time?",
      files: "That is not what stays open. Look into /proc/PID/fd of the process.",
    },
    check: (answer, it) => {
      const { program, file, bytes } = findings(answer, it, ["program", "file", "bytes"]);
      it.answer("the program that leaks", program, "collector", { '"webserver"': "busiest", '"logrotate"': "busiest" });
      it.answer("the file that it leaves open", file, "/etc/collector.conf", {
        '"/etc/ld.so.cache"': "files",
        '"collector.conf"': "files",
      });
      const lost = numberIn(bytes);
      const many = lost > 12_000 && lost % 12_000 === 0;
      it.that("the bytes that it loses at a time", lost === 12_000, `it is not ${lost}`, many ? "total" : undefined);
    },
  }),
  exercise({
    id: "inv-4",
    title: "Four CPUs, one at work",
    hints: [
      "Eight threads have work to do, and most of them do not run. `offcputime` says in which function they wait.",
      "They wait for a lock. Who waits for it is known now; who holds it is on a CPU at that moment: `profile`.",
      "In the profile of the program one function is on top that is called between `pthread_mutex_lock` and `pthread_mutex_unlock`: the wide one.",
    ],
    mistakes: {
      lock: "That is where they wait. Somebody has the lock at that time and computes: in which function?",
      whole: "`work` is what a thread does all the time, with and without the lock. What does it call?",
      other: "That is the database, which waits for its disk as it should. Look at the program with eight threads.",
    },
    check: (answer, it) => {
      const { waits, holds } = findings(answer, it, ["waits", "holds"]);
      it.answer("where they wait", waits, "pthread_mutex_lock", {
        '"fdatasync"': "other",
        '"xlogflush"': "other",
        '"fsync"': "other",
      });
      it.answer("what the holder of the lock does", holds, "update_totals", {
        '"pthread_mutex_lock"': "lock",
        '"futex"': "lock",
        '"work"': "whole",
      });
    },
  }),
  exercise({
    id: "inv-5",
    title: "Mostly at once",
    hints: [
      "Before a program can connect to a name it asks for the address. `gethostlatency` says how long that takes.",
      "It is not the name: each is fast at times and slow at times. Whom does it ask? `/etc/resolv.conf` has two name servers.",
      'Count `tracepoint:syscalls:sys_enter_connect` by `ntop(((struct sockaddr_in *)args.uservaddr)->sin_addr.s_addr)`, or read `m.capture("eth0")`: which one is asked and does not answer?',
    ],
    mistakes: {
      healthy: "That one answers within a quarter of a millisecond. It is asked after the other one has said nothing.",
      name: "Each name is slow now and then: ask who is asked for it, not what.",
      unit: "The question is for milliseconds.",
      usual: "resolv.conf's timeout is 5 s unless somebody sets another. Here somebody has: measure it.",
    },
    check: (answer, it) => {
      const { server, wait } = findings(answer, it, ["server", "wait"]);
      const name = typeof server === "string" && /[a-z]/.test(server);
      const mistake = server === "10.0.0.53" ? "healthy" : name ? "name" : undefined;
      it.that("the name server that does not answer", server === "192.0.2.53", `it is not ${String(server)}`, mistake);
      const ms = numberIn(wait);
      const right = ms >= 399 && ms <= 405;
      const how = ms < 1 ? "unit" : ms === 5_000 || ms === 5 ? "usual" : undefined;
      it.that("how long it is waited for", right, `it is not ${ms} ms`, how);
    },
  }),
];
