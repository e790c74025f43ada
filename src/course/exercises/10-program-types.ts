import * as packet from "../../packets/build.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

export const LESSON_10: readonly Exercise[] = [
  exercise({
    id: "10-1",
    title: "Which type?",
    hints: [
      "(a) runs in the driver. (b) is asked when a process of a cgroup passes an address to connect.",
      "(c) is the type of fentry and fexit. (d) is a timer's sample. The names are xdp, cgroup_sock_addr, tracing and perf_event.",
    ],
    mistakes: {
      late: "(a) That runs when Linux has made a socket buffer of each packet: which type runs before?",
      watches: "(b) That type watches or sees every process: you need one that is asked about addresses, for a cgroup.",
      untyped: "(c) A kprobe gets the registers of the processor: which type knows the arguments?",
      events: "(d) That runs when something happens, not at a rate.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const types = answer.map((type: unknown) => String(type).trim().toLowerCase().replace("bpf_prog_type_", ""));
      it.answer("(a) the flood", types[0], "xdp", { '"sched_cls"': "late", '"socket_filter"': "late" });
      const others = {
        '"lsm"': "watches",
        '"kprobe"': "watches",
        '"tracepoint"': "watches",
        '"cgroup_skb"': "watches",
      } as const;
      it.answer("(b) the container", types[1], "cgroup_sock_addr", others);
      it.answer("(c) the arguments", types[2], "tracing", { '"kprobe"': "untyped" });
      it.answer("(d) the CPUs", types[3], "perf_event", { '"kprobe"': "events", '"tracepoint"': "events" });
      it.that("there are four", types.length === 4, `got ${types.length}`);
    },
  }),
  exercise({
    id: "10-2",
    title: "Cut",
    hints: [
      "The result is a number of bytes: 100 or 0.",
      "r0 = *(u32 *)(r1 + 0) / if r0 > 500 goto large / r0 = 0 / exit / large: r0 = 100 / exit",
    ],
    mistakes: {
      verdict: "1 and 2 are verdicts of XDP. A socket filter says how many bytes the socket gets.",
      whole: "Large packets come whole: the result is how many bytes are kept, not the length.",
      reversed: "The small ones are kept, and the large ones not.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "socket_filter");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      const [large, small] = [1000, 100].map(
        (size) => loaded.run(packet.udp({ payload: new Uint8Array(size) })).retval,
      );
      it.equal("a large packet", large, 100);
      it.equal("a small packet", small, 0);
      if (large === 1 || large === 2) it.mistake = "verdict";
      else if (large! > 900) it.mistake = "whole";
      else if (large === 0 && small! > 0) it.mistake = "reversed";
    },
  }),
  exercise({
    id: "10-3",
    title: "Nothing read",
    hints: [
      "The result comes behind the four arguments of 8 bytes each. Load it before the lookup, into a register that survives the call or leave at once.",
      "r6 = *(u64 *)(r1 + 32) / if r6 != 0 goto out, as the first two lines.",
    ],
    mistakes: {
      all: "All calls are counted: leave if the result is not 0.",
      argument: "That is an argument, not the result: the result is behind the fourth argument.",
      reversed: "The calls that read something are counted.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracing");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      lab.attach(loaded, "fexit:vfs_read");
      lab.machine.linux.process({
        comm: "student",
        *program(sys) {
          const file = yield sys.openat("/tmp/notes", 0o102);
          yield sys.write(file, 100);
          const again = yield sys.openat("/tmp/notes", 0);
          for (let i = 0; i < 3; i++) yield sys.read(again, 10);
          for (let i = 0; i < 3; i++) yield sys.read(again, 100_000);
        },
      });
      lab.pass(0.1);
      const count = Number(lab.entries(loaded)[0]?.[1]);
      it.equal("two of six reads gave 0", count, 2, { 6: "all", 0: "argument", 4: "reversed" });
    },
  }),
];
