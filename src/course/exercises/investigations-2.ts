import { type Exercise, exercise } from "../exercise.ts";
import { findings, numberIn } from "../investigations/findings.ts";

/** Five machines on which something happens that nobody ordered. */
export const INVESTIGATIONS_2: readonly Exercise[] = [
  exercise({
    id: "inv-6",
    title: "Nobody can log in",
    hints: [
      "The server runs, and users do not get in. So look at what comes to the machine, and what becomes of it.",
      "`tracepoint:skb:kfree_skb` has a `reason`, and `kprobe:tcp_conn_request` a socket: `((struct sock *)arg2)->__sk_common.skc_num` is its port.",
      'Keep some packets: `const seen = m.capture("eth0")`, run 20 ms, then look at `seen.packets[0].packet`. What do the senders\' addresses have in common?',
    ],
    mistakes: {
      web: "To port 80 connections come and are served. Which port is asked far more often, and serves nobody?",
      one: "That is one of many: the next packet has another. What do all have in common? Write it as a network, a.b.c.0/24.",
      closed:
        "NO_SOCKET would mean that nobody listens. Somebody does, but his queue is full: see the reason in kfree_skb.",
    },
    check: (answer, it) => {
      const { port, from, reason } = findings(answer, it, ["port", "from", "reason"]);
      it.answer("the port", numberIn(port), 22, { 80: "web" });
      const single = typeof from === "string" && /^192\.0\.2\.\d+$/.test(from);
      it.that(
        "where they say that they come from",
        from === "192.0.2.0/24",
        `it is not ${from}`,
        single ? "one" : undefined,
      );
      const why = String(reason).replace("skb_drop_reason_", "");
      const mistake = why === "no_socket" ? "closed" : undefined;
      it.that("why they are dropped", why === "tcp_listen_overflow", `it is not ${why}`, mistake);
    },
  }),
  exercise({
    id: "inv-7",
    title: "A thread of Linux that is none",
    hints: [
      "Take the machine anew, and watch from its beginning which programs are started: `execsnoop`.",
      "One of the lines has arguments that no thread of Linux has, for threads of Linux are not started by execve. Which file is it?",
      "PPID 1 only says that its parent has ended. Go up: who started the shell that started it? And the shell's line says where it was fetched; `tcpconnect` says whom it calls.",
    ],
    mistakes: {
      disguise: "So it calls itself: its first argument, which everybody can choose. Which file was executed?",
      shell: "The shell was started by somebody, too: look for its PPID.",
      init: "Process 1 takes the children of parents that have ended. Who started it first?",
      fetched: "From port 80 of that host it was fetched. Which port does it talk to now?",
    },
    check: (answer, it) => {
      const { file, intruded, pool } = findings(answer, it, ["file", "intruded", "pool"]);
      it.answer("the file", file, "/tmp/.x11-unix/kworkerds", {
        '"[kworker/1:2-events]"': "disguise",
        '"kworkerds"': "disguise",
        '"kworker"': "disguise",
      });
      it.answer("the program through which they came", intruded, "php-fpm", {
        '"sh"': "shell",
        '"curl"': "shell",
        '"systemd"': "init",
        '"init"': "init",
      });
      it.answer("whom it talks to", pool, "203.0.113.66:3333", {
        '"203.0.113.66:80"': "fetched",
        '"203.0.113.66"': "fetched",
      });
    },
  }),
  exercise({
    id: "inv-8",
    title: "The cache is gone",
    hints: [
      "A process that ends without a word was killed. Linux itself does that when memory is short: `oomkill`, from the beginning.",
      "Linux kills who has most, not who takes most. Who has triggered it, and how many of these are there?",
      "`execsnoop` gives the PPID of each of them; `m.ps()` says whose that is.",
    ],
    mistakes: {
      victim:
        "It had the most, and has not grown since it was started. Linux took it to save the others. Who takes more and more?",
      many: "One of them is small. Somebody starts them and does not wait until the last one has ended: who?",
      second: "That was killed later. Who was the first?",
    },
    check: (answer, it) => {
      const { first, taker, starter } = findings(answer, it, ["first", "taker", "starter"]);
      it.answer("who was killed first", first, "redis-server", { '"convert"': "second" });
      it.answer("who takes the memory", taker, "convert", { '"redis-server"': "victim" });
      it.answer("who starts too many of them", starter, "uploadd", {
        '"convert"': "many",
        '"sh"': "many",
        '"bash"': "many",
      });
    },
  }),
  exercise({
    id: "inv-9",
    title: "Every now and then",
    hints: [
      "The pages are slow at times, and then not again: threads wait for a CPU (`runqlat`). Who else wants it at that time?",
      "`execsnoop` with `timestamp: true` for two seconds: what is started, by whom, and in which rhythm?",
      "The user: count `tracepoint:sched:sched_process_exec` by `comm` and `uid`. The rhythm: the difference of two times in execsnoop.",
    ],
    mistakes: {
      starter: "It starts the others and sleeps. Which program computes?",
      root: "cron is root's, and it changes its user before it starts a job. Whose is the program that computes?",
      unit: "The question is for milliseconds.",
      run: "That is how long it computes. How long is it from one start to the next?",
    },
    check: (answer, it) => {
      const { program, user, every } = findings(answer, it, ["program", "user", "every"]);
      it.answer("the program that computes", program, "awk", {
        '"cron"': "starter",
        '"sh"': "starter",
        '"webserver"': "starter",
      });
      it.answer("the number of its user", numberIn(user), 1004, { 0: "root" });
      const ms = numberIn(every);
      const mistake = ms < 1 ? "unit" : ms >= 60 && ms <= 300 ? "run" : undefined;
      it.that("the time from one start to the next", ms >= 690 && ms <= 710, `it is not ${ms} ms`, mistake);
    },
  }),
  exercise({
    id: "inv-10",
    title: "Busy with nothing",
    hints: [
      "A CPU that is woken thousands of times a second saves no energy. Who makes the most system calls? `syscount`.",
      "With `process: true` syscount counts by process, without it by call. One call lets it sleep, the other one asks.",
      "`statsnoop` for 10 ms shows what it asks for, and what Linux answers.",
    ],
    mistakes: {
      sleeps: "That is how it sleeps between two questions. Which call asks?",
      folder: "It asks for one name in there, again and again: the whole path.",
      server: "That one does its work: it makes a hundred calls where another one makes ten thousand.",
    },
    check: (answer, it) => {
      const { program, call, path } = findings(answer, it, ["program", "call", "path"]);
      it.answer("the program", program, "deployd", { '"webserver"': "server", '"bash"': "server" });
      it.answer("the system call that asks", call, "newfstatat", {
        '"nanosleep"': "sleeps",
        '"clock_nanosleep"': "sleeps",
      });
      it.answer("what it asks for", path, "/srv/releases/next", {
        '"/srv/releases"': "folder",
        '"/srv/releases/"': "folder",
        '"next"': "folder",
      });
    },
  }),
];
