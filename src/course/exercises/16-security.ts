import * as packet from "../../packets/build.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const PLACES = ["lsm", "tracepoint", "cgroup", "seccomp"] as const;

/** Attempts to connect, and whether they are refused. */
const CONNECTIONS: readonly (readonly [ip: string, port: number, refused: boolean])[] = [
  ["203.0.113.66", 3333, true],
  ["10.0.0.9", 3333, true],
  ["10.0.0.9", 80, false],
  ["10.0.0.9", 1293, false],
];

/** What leaves, and whether it may. */
const LEAVING: readonly (readonly [what: string, bytes: Uint8Array, allowed: boolean])[] = [
  ["a question to port 53", packet.dns({ name: "example.com" }), true],
  ["UDP to port 80", packet.udp({ dport: 80 }), false],
  ["UDP to port 13568, whose bytes are those of 53 the other way round", packet.udp({ dport: 13568 }), false],
  ["UDP from port 53", packet.udp({ sport: 53, dport: 4000 }), false],
  ["TCP to port 53", packet.tcp({ dport: 53 }), false],
  ["ICMP", packet.icmp(), false],
];

export const LESSON_16: readonly Exercise[] = [
  exercise({
    id: "16-1",
    title: "The right no",
    hints: [
      "What does the caller of a system call see, 13 or -13?",
      "0 is allowed. Everything else is minus an errno.",
    ],
    mistakes: {
      sign: "The verifier would refuse it: results of LSM programs are 0 or negative.",
      cgroup: "0 and 1 are the answers of cgroup programs; for LSM 0 means allowed.",
      other: "-1 is EPERM: refused, but with another error than asked for.",
    },
    check: (answer, it) =>
      it.answer("the result", it.whole(answer), -13, { "13": "sign", "0": "cgroup", "1": "cgroup", "-1": "other" }),
  }),
  exercise({
    id: "16-2",
    title: "No mining",
    hints: [
      "Fetch 8 bytes from the address at *(u64 *)(r1 + 8) onto the stack with bpf_probe_read_kernel. The port is in bytes 2 and 3.",
      "3333 is 0x0d05. Its high byte lies first: how does it load?",
      "... r1 = *(u16 *)(r10 - 6) / if r1 != 0x050d goto allow / r0 = -1 / exit / allow: r0 = 0 / exit",
    ],
    mistakes: {
      all: "Every connection is refused: compare the port first.",
      order: "Ports lie with the high byte first: 3333 = 0x0d05 loads as 0x050d.",
      none: "No connection is refused. Is the port read at the right place: bytes 2 and 3 of the address?",
    },
    check: async (answer, it) => {
      const program = it.program(answer, "lsm");
      it.accepted(program);
      const lab = new Lab(it);
      lab.attach(lab.load(program), "lsm:socket_connect");
      const got: number[] = [];
      lab.process(function* (sys) {
        for (const [ip, port] of CONNECTIONS) got.push(yield sys.connect(yield sys.socket(2, 2), ip, port));
      });
      const refused = got.map((result) => result === -1);
      let mistake: "all" | "order" | "none" | undefined;
      if (refused.every(Boolean)) mistake = "all";
      else if (!refused.some(Boolean)) mistake = "none";
      if (refused[3]) mistake ??= "order";
      for (const [i, [ip, port, want]] of CONNECTIONS.entries())
        it.that(
          `connect to ${ip}:${port}`,
          want ? got[i] === -1 : got[i] === 0,
          `expected ${want ? "-1 (EPERM)" : "0"}, got ${got[i]}`,
          mistake,
        );
    },
  }),
  exercise({
    id: "16-3",
    title: "Only questions of names",
    hints: [
      "data is at offset 76 of the context, data_end at 80. Compare 24 bytes; what is shorter is refused.",
      "Protocol 17 is UDP. Port 53 = 0x0035 loads as 0x3500. 1 allows, 0 refuses.",
      "... r5 = *(u8 *)(r2 + 9) / if r5 != 17 goto refuse / r5 = *(u16 *)(r2 + 22) / if r5 != 0x3500 goto refuse / r0 = 1 / exit / refuse: r0 = 0 / exit",
    ],
    mistakes: {
      ethernet: "There is no Ethernet header here: every offset is 14 less than in XDP and tc.",
      inverted: "Here 1 means allowed, 0 refused.",
      protocol: "TCP to port 53 leaves: compare the protocol, byte 9, with 17.",
      order: "Ports lie with the high byte first: 53 = 0x0035 loads as 0x3500.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "cgroup_skb");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      const got = LEAVING.map(([, bytes]) => loaded.run(bytes).retval & 1);
      const right = LEAVING.map(([, , allowed]) => Number(allowed));
      let mistake: "ethernet" | "inverted" | "protocol" | "order" | undefined;
      if (got.every((one, i) => one !== right[i])) mistake = "inverted";
      else if (got[2] === 1 && got[0] === 0) mistake = "order";
      else if (got[4] === 1 && got[0] === 1 && got[1] === 0) mistake = "protocol";
      else if (got.every((one) => one === 0)) mistake = "ethernet";
      for (const [i, [what]] of LEAVING.entries())
        it.that(what, got[i] === right[i], `expected ${right[i]}, got ${got[i]}`, mistake);
    },
  }),
  exercise({
    id: "16-4",
    title: "Which place?",
    hints: [
      "Which of the four is a process's own choice? Which one hinders nobody?",
      "What belongs to a group of processes is decided at the group.",
    ],
    mistakes: {
      names: "(a) The path that a system call gets is one of many names; what knows the file itself?",
      hinders: "(b) nothing is to be refused: a place that only sees is enough.",
      group: "(c) it is about one group of processes, and such programs are attached to it.",
      own: "(d) which of them can a process put on itself, without being root?",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const places = answer.map((place: unknown) => String(place).trim().toLowerCase());
      it.answer("(a) all names", places[0], PLACES[0], { '"tracepoint"': "names", '"seccomp"': "names" });
      it.answer("(b) write down", places[1], PLACES[1], { '"lsm"': "hinders", '"seccomp"': "hinders" });
      it.answer("(c) a container", places[2], PLACES[2], { '"lsm"': "group", '"seccomp"': "group" });
      it.answer("(d) gives up", places[3], PLACES[3], { '"lsm"': "own", '"cgroup"': "own", '"tracepoint"': "own" });
      it.that("there are four", places.length === 4, `got ${places.length}`);
    },
  }),
];
