import { MapDeclaration } from "../../maps/declaration.ts";
import type { MapView } from "../../maps/view.ts";
import * as packet from "../../packets/build.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { refusalText } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";
import type { Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

/** Users of the records that a program sends, while root and two others start a program. */
function usersOf(program: ProgramSpec, it: Stops): readonly number[] {
  const lab = new Lab(it);
  const loaded = lab.load(program);
  lab.attach(loaded, "tracepoint:syscalls:sys_enter_execve");
  for (const uid of [0, 1000, 0, 33])
    lab.machine.linux.process({
      comm: "student",
      uid,
      gid: uid,
      *program(sys) {
        yield sys.execve("/usr/bin/true", function* (next) {
          yield next.exit(0);
        });
      },
    });
  lab.pass(0.1);
  return lab.entries(loaded).map(([, user]) => Number(user));
}

const SAMPLED = Uint8Array.from({ length: 64 }, (_, i) => 100 + i);

/** What a program returns for a size, and how many bytes of the packet lie behind it then; -1 where they are no beginning of it. */
function copied(program: ProgramSpec, size: number, it: Stops): { readonly result: number; readonly bytes: number } {
  const lab = new Lab(it);
  const loaded = lab.load(program);
  const [declared] = loaded.spec.maps;
  const [runtime] = loaded.program.maps;
  if (!(declared instanceof MapDeclaration) || runtime === undefined || runtime.spec.valueSize !== 16)
    return it.stop("the program uses the map", "its value has 16 bytes");
  const view = declared.see(runtime) as MapView<number, Uint8Array>;
  view.set(
    0,
    Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? size : 0)),
  );
  const { retval } = loaded.run(SAMPLED);
  const after = view.get(0) ?? new Uint8Array(16);
  const count = after.subarray(1).findLastIndex((byte) => byte !== 0) + 1;
  const isBeginning = after.subarray(1, 1 + count).every((byte, i) => byte === SAMPLED[i]);
  return { result: retval, bytes: isBeginning ? count : -1 };
}

/** A UDP packet whose IP header has four bytes of options. */
function withOptions(dport: number): Uint8Array {
  const plain = packet.udp({ dport });
  const longer = new Uint8Array(plain.length + 4).fill(1);
  longer.set(plain.subarray(0, 34));
  longer[14] = 0x46;
  longer.set(plain.subarray(34), 38);
  return longer;
}

const PORT_CASES: readonly (readonly [what: string, bytes: Uint8Array, port: number])[] = [
  ["UDP to port 53", packet.udp({ dport: 53 }), 53],
  ["UDP to port 4789, with options in the IP header", withOptions(4789), 4789],
  ["TCP to port 80", packet.tcp({ dport: 80 }), 0],
  ["a packet of 34 bytes", packet.udp({ dport: 53 }).slice(0, 34), 0],
  ["a packet with options that ends before its port", withOptions(53).slice(0, 39), 0],
  ["a packet of 38 bytes that has no options", packet.udp({ dport: 53 }).slice(0, 38), 53],
];

export const LESSON_07: readonly Exercise[] = [
  exercise({
    id: "07-1",
    title: "Where is it wrong?",
    hints: [
      "What is known of r7 after instruction 4, and how many bytes does instruction 8 need behind r7?",
      "42 bytes are known, and 8 needs 38: so something between them has made r7 another pointer.",
    ],
    mistakes: {
      place: "That is where it is refused. Go back along r7: which instruction wrote r7 last?",
      check:
        "The check is fine: 42 bytes from the beginning are known after it. What happens to r7 between it and the load?",
      other: "That instruction makes r5 what it is, and r5 is a number from 0 to 60. Where does it get into r7?",
    },
    check: (answer, it) =>
      it.answer("the instruction", it.whole(answer), 7, {
        "8": "place",
        "3": "check",
        "4": "check",
        "5": "other",
        "6": "other",
      }),
  }),
  exercise({
    id: "07-2",
    title: "Given back",
    hints: [
      "There are three ways to the exit: no room, root, and all others. On which of them has a record been taken and not given back?",
      "bpf_ringbuf_discard gives a record back without sending it. It takes what submit takes: the record, and 0.",
      "Let root go to a place of its own, behind submit: r1 = r6 / r2 = 0 / call bpf_ringbuf_discard. The way without room must not go there.",
    ],
    mistakes: {
      leak: "On the way of root the record is still kept: give it back, there too.",
      null: "Where there was no room there is no record to give back: that way goes straight to the exit.",
      root: "Root's calls give records as well: bpf_ringbuf_discard gives one back without sending it.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program, (verdict) => {
        const words = refusalText(verdict);
        if (/reference leak/.test(words)) return "leak";
        return /expected=ringbuf_mem|!read_ok|NULL/.test(words) ? "null" : undefined;
      });
      const users = usersOf(program, it);
      it.that("no record of root", !users.includes(0), `there is one: ${shownAnswer(users)}`, "root");
      it.that("one record of each other call", users.join() === "1000,33", `got users ${shownAnswer(users)}`);
    },
  }),
  exercise({
    id: "07-3",
    title: "A size from outside",
    hints: [
      "Which number is checked, and which number is used? And how many bytes of the value are behind its first?",
      "Use r8 for the helper, and let 15 be the most. Then the message changes: the helper wants at least one byte.",
      "if r8 > 15 goto out / if r8 == 0 goto out, and r4 = r8",
    ],
    mistakes: {
      twice: "The size is loaded a second time, and that one was not checked: give the helper the number in r8.",
      large: "The first byte of the value is the size itself: there are 15 bytes behind it, not 16.",
      zero: "The helper wants at least one byte: leave with 0 if the size is 0.",
      masked: "A mask makes another size of one that is too large: compare, and leave.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, (verdict) => {
        const words = refusalText(verdict);
        // A size that nobody checked is any byte: up to 255. The log says what the message does not.
        const log = `${words} ${verify(program, { logLevel: 1 }).log}`;
        if (/\[\d+,255\]|size=255\b/.test(log)) return "twice";
        if (/zero-sized/.test(words)) return "zero";
        return /off=1 size=16\b/.test(log) ? "large" : undefined;
      });
      for (const size of [1, 7, 15]) {
        const { result, bytes } = copied(program, size, it);
        it.equal(`the result for a size of ${size}`, result, size);
        it.equal(`bytes that are copied for a size of ${size}`, bytes, size);
      }
      for (const size of [0, 16, 18, 200]) {
        const { result, bytes } = copied(program, size, it);
        const mistake = size > 15 && (bytes > 0 || result > 0) ? "masked" : undefined;
        it.that(`a size of ${size} gives 0, and copies nothing`, result === 0 && bytes === 0, `got ${result}`, mistake);
      }
    },
  }),
  exercise({
    id: "07-4",
    title: "Behind a header of any length",
    hints: [
      "Byte 14 holds the version in its upper four bits and the length in its lower four, in units of 4 bytes.",
      "Check 34 bytes first. Then r5 = *(u8 *)(r2 + 14), r5 &= 15, r5 <<= 2, r2 += r5: now the port lies at r2 + 16.",
      "After r2 += r5 nothing is known any more: r4 = r2 / r4 += 18 / if r4 > r3 goto out, and then the load.",
    ],
    mistakes: {
      fixed: "With options in the header the port lies further behind: take the header's length from byte 14.",
      units: "The length counts units of 4 bytes, and only in the lower four bits: r5 &= 15, r5 <<= 2.",
      again:
        "After a number was added to the pointer, what was compared before is gone: compare the new place with the end.",
      order: "The bytes are in the wrong order: the high byte of a port comes first. Keep the line with be16.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, (verdict) => (/outside of the packet/.test(refusalText(verdict)) ? "again" : undefined));
      const loaded = new Lab(it).load(program);
      const got = PORT_CASES.map(([, bytes]) => loaded.run(bytes).retval);
      for (const [at, [what, , port]] of PORT_CASES.entries()) it.equal(what, got[at], port);
      const atFixedPlace = (PORT_CASES[1]![1][36]! << 8) | PORT_CASES[1]![1][37]!;
      if (got[0] === 53 << 8) it.mistake = "order";
      else if (got[0] === 53 && got[1] === atFixedPlace) it.mistake = "fixed";
      else if (got[1] !== 4789) it.mistake = "units";
    },
  }),
];
