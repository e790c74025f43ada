import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import * as packet from "../../packets/build.ts";
import { refusalText } from "../../verifier/verification.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const CALL = 0x85;
const KTIME_GET_NS = 5;
const MAY = ["bpf_ktime_get_ns", "bpf_xdp_adjust_tail"];

/** A process that reads so many bytes at once, out of a pipe that it fills itself; then once from what is no file. */
function* readsOf(sys: Sys, sizes: readonly number[]): UserCode {
  const ends: number[] = [];
  yield sys.pipe(ends);
  for (const size of sizes) {
    yield sys.write(ends[1]!, size);
    yield sys.read(ends[0]!, size);
  }
  yield sys.read(99, 1);
}

export const LESSON_04: readonly Exercise[] = [
  exercise({
    id: "04-1",
    title: "Two numbers in one",
    hints: [
      "The process id is the upper half: what is left when you shift right by 32 bits?",
      "13520557051908n >> 32n, with an n behind each number: they are larger than 32 bits.",
    ],
    mistakes: {
      thread:
        "That is the lower half, the id of the thread (and what >> 32 without n gives, as it works with 32 bits only). `ps` shows the upper half.",
      whole: "These are both numbers still: shift right by 32 bits.",
    },
    check: (answer, it) =>
      it.answer("the process id", it.whole(answer), 3148n, {
        "4100": "thread",
        "13520557051908": "whole",
      }),
  }),
  exercise({
    id: "04-2",
    title: "Gone",
    hints: [
      "A call may change r1 to r5. Where does the context have to be before the first call?",
      "r6 to r9 survive calls. r6 = r1 as the first line, and then load through r6.",
    ],
    mistakes: {
      gone: "r1 is still read after the call: keep the context in a register that survives, before the call.",
      clobbered: "r2 to r5 do not survive a call either: take one of r6 to r9.",
      removed: "The call is gone: the program shall still remember when the packet came.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "socket_filter");
      const kept = program.insns.some(({ code, src, imm }) => code === CALL && src === 0 && imm === KTIME_GET_NS);
      it.that("it calls bpf_ktime_get_ns", kept, "it does not", "removed");
      it.accepted(program, (verdict) => {
        const words = refusalText(verdict);
        return words === "R1 !read_ok" ? "gone" : /^R[2-5] !read_ok$/.test(words) ? "clobbered" : undefined;
      });
      const lab = new Lab(it);
      const loaded = lab.load(program);
      for (const size of [60, 1000]) {
        const { retval } = loaded.run(packet.udp({ payload: new Uint8Array(size) }));
        it.equal(`a datagram of ${size} bytes`, retval, size + 28);
      }
      if (!kept) return;
      lab.pass(0.5);
      loaded.run(packet.udp());
      const [, when] = lab.entries(loaded)[0] ?? [];
      it.that("the time of the last packet is in the map", Number(when) >= 5e8, `there is ${shownAnswer(when)}`);
    },
  }),
  exercise({
    id: "04-3",
    title: "May it?",
    hints: [
      "XDP runs before Linux has made a socket buffer, an skb, of the packet. Which helper needs one?",
      "Stacks are for programs that trace. Who changes the length of a packet without an skb, and who only asks for the time?",
    ],
    mistakes: {
      skb: "bpf_skb_load_bytes needs a socket buffer, and XDP runs before there is one.",
      stack: "bpf_get_stackid is for tracing programs: in a network driver the stack says little.",
      missing: "What you named is right, but another one may be called too.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of names", `got ${shownAnswer(answer)}`);
      const names = answer.map((name: unknown) => `bpf_${String(name).replace(/^bpf_/, "")}`);
      it.that("none that needs an skb", !names.includes("bpf_skb_load_bytes"), "there is one", "skb");
      it.that("none that is for tracing only", !names.includes("bpf_get_stackid"), "there is one", "stack");
      const all = MAY.every((name) => names.includes(name));
      it.that("all that may be called", all, "there is another one", names.length > 0 ? "missing" : undefined);
      it.that("nothing else", new Set(names).size === MAY.length, `got ${names.length} names`);
    },
  }),
  exercise({
    id: "04-4",
    title: "Large reads",
    hints: [
      "Leave before you reserve, if r6 s< 4096. After it r0 is the record, or 0 if there is no room.",
      "Keep the record in r7. call bpf_get_current_pid_tgid, r0 >>= 32, and store it at r7 + 0; the size from r6 at r7 + 4.",
      "In the end r1 = r7, r2 = 0, call bpf_ringbuf_submit, and the label out before r0 = 0.",
    ],
    mistakes: {
      leak: "What was reserved has to be given back on every way: submit it, or leave before you reserve.",
      unchecked: "bpf_ringbuf_reserve gives 0 when there is no room: compare r0 with 0 before you write.",
      all: "Small reads or errors are sent as well: compare r6 with 4096, with a sign (s<).",
      thread: "That is the thread, or both numbers: the process id is the upper half, so shift right by 32.",
      limit: "4096 bytes are at least 4096 bytes: they have to be sent as well.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program, (verdict) => {
        const words = refusalText(verdict);
        return /reference leak/.test(words) ? "leak" : /_or_null/.test(words) ? "unchecked" : undefined;
      });
      const lab = new Lab(it);
      const loaded = lab.load(program);
      lab.attach(loaded, "tracepoint:syscalls:sys_exit_read");
      // The reads are those of a second thread, so that process and thread have different ids.
      const pid = lab.process(function* (sys) {
        yield sys.thread((thread) => readsOf(thread, [100, 4095, 4096, 20_000]));
        yield sys.nanosleep(5e8);
      });
      const sent = lab
        .entries(loaded)
        .map(([, record]) => record as { readonly pid?: unknown; readonly size?: unknown });
      const got = sent.map(({ size }) => Number(size));
      const small = got.some((size) => size < 4096 || size > 20_000);
      const mistake = small ? "all" : got.join() === "20000" ? "limit" : undefined;
      it.that(
        "reads of 4096 and 20,000 bytes are sent, no others",
        got.join() === "4096,20000",
        shownAnswer(got),
        mistake,
      );
      if (sent.length === 0) return;
      const own = sent.every((record) => Number(record.pid) === pid);
      it.that("each has the process id", own, `expected ${pid}, got ${shownAnswer(sent[0]?.pid)}`, "thread");
    },
  }),
];
