import * as packet from "../../packets/build.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { explore } from "../../vm/schedule/explore.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

/** Big-endian 16 bits as what they are when their bytes are not swapped. */
const unswapped = (port: number) => ((port & 0xff) << 8) | (port >> 8);

/** What is in a program's first map, by key; values of several CPUs are added up. */
function contents(lab: Lab, program: ReturnType<Lab["load"]>): ReadonlyMap<number, number> {
  const sum = (value: unknown) => (Array.isArray(value) ? value : [value]).reduce((all, one) => all + Number(one), 0);
  return new Map(lab.entries(program).map(([key, value]) => [Number(key), sum(value)]));
}

/** Every sum that two runs at the same time can lead to, smallest first. */
function sums(lab: Lab, program: ProgramSpec, packets: readonly Uint8Array[]): readonly string[] {
  const loaded = lab.load(program);
  using both = lab.machine.interleave(packets.map((data) => ({ program: loaded, data })));
  const total = () => [...contents(lab, loaded).values()].reduce((all, one) => all + one, 0);
  const { outcomes } = explore(both, { observe: () => String(total()) });
  return [...new Set(outcomes.map(({ observed }) => observed))].sort((a, b) => Number(a) - Number(b));
}

const REFUSALS = ["E2BIG", "EEXIST", "EINVAL"] as const;
const TYPES = ["lru_hash", "percpu_array", "ringbuf", "lpm_trie"] as const;

/** An answer of several texts. */
const texts = (answer: unknown): readonly string[] | undefined =>
  Array.isArray(answer) && answer.every((one) => typeof one === "string") ? answer : undefined;

export const LESSON_03: readonly Exercise[] = [
  exercise({
    id: "03-1",
    title: "Three refusals",
    hints: [
      "Three elements: which are their keys? And which of them are there before anybody has set one?",
      'All elements of an array are always there. So what does "noexist" find, and what does it leave to delete?',
      "There is no element 3 (no room for it), element 0 exists, and deleting is not allowed (an invalid argument).",
    ],
    mistakes: {
      range: "An index beyond the end is answered like a hash that is full: there is no room for it.",
      absent: "Element 0 of an array is there from the start, so something that must not exist does.",
      missing: "ENOENT would say that element 1 is not there. It is; but no element of an array can be deleted at all.",
    },
    check: (answer, it) => {
      const names = texts(answer)?.map((name) => name.trim().toUpperCase());
      if (names === undefined) return it.stop("the answer is a list of three texts", `got ${shownAnswer(answer)}`);
      it.answer("set(3, 1n)", names[0], REFUSALS[0], { '"ENOENT"': "range", '"EINVAL"': "range" });
      it.answer('set(0, 1n, "noexist")', names[1], REFUSALS[1], { '"ENOENT"': "absent", '"E2BIG"': "absent" });
      it.answer("delete(1)", names[2], REFUSALS[2], { '"ENOENT"': "missing" });
      it.that("there are three", names.length === 3, `got ${names.length}`);
    },
  }),
  exercise({
    id: "03-2",
    title: "Packets by port",
    hints: [
      "It is the pattern of whoReads at the top: a lookup, and then two ways on, for a key that is there and for one that is not.",
      "After the call r0 is the address of the count, or 0. If it is 0, put a 1 on the stack (r10 - 16) and call bpf_map_update_elem.",
      "r2 = r10 / r2 += -4 / call bpf_map_lookup_elem / if r0 == 0 goto first / r1 = 1 / lock *(u64 *)(r0 + 0) += r1 / goto pass / first: ...",
    ],
    mistakes: {
      empty: "Nothing is in the map: a port that was never seen has to be inserted, with the count 1.",
      ones: "Every count is 1: if the port is there, add to its count instead of writing 1 over it.",
      order: "The ports are not in the processor's order: keep the line with be16.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      for (const dport of [53, 53, 443, 53]) {
        const result = loaded.run(packet.udp({ dport })).retval;
        if (result !== 2) it.stop("all packets pass", `one to port ${dport} got ${result}, not 2 (XDP_PASS)`);
      }
      it.equal("a packet that is too short passes", loaded.run(new Uint8Array(30)).retval, 2);
      const counts = contents(lab, loaded);
      const mistake = counts.size === 0 ? "empty" : counts.has(unswapped(443)) ? "order" : undefined;
      it.that("it has the ports 53 and 443", counts.has(53) && counts.has(443), `it has ${keysOf(counts)}`, mistake);
      it.equal("three packets to port 53", counts.get(53) ?? 0, 3, { 1: "ones" });
      it.equal("one packet to port 443", counts.get(443) ?? 0, 1);
      it.equal("ports in the map", counts.size, 2);
    },
  }),
  exercise({
    id: "03-3",
    title: "Nobody gets lost",
    hints: [
      "Between the reading and the writing another CPU may come in. Which single instruction does all three?",
      "lock *(u64 *)(...) += ... adds a register to memory in one step. What do you add, and where?",
      "Put lock *(u64 *)(r0 + 0) += r7 in place of the last three instructions before out.",
    ],
    mistakes: {
      lost: "Two packets at the same time can still end with only one counted: use one atomic addition.",
      twice:
        "Each packet is counted twice now: the atomic addition replaces the three instructions, it is not added to them.",
      ones: "The sum is that of lengths, not of packets: add r7, not 1.",
      width: "That changes more than the sum: the value has 8 bytes, so add 8 bytes, at r0 + 0.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, ({ message }) =>
        message?.startsWith("max_") || message?.startsWith("mis") ? "width" : undefined,
      );
      const one = new Lab(it, { cpus: 2, seed: 11 });
      const loaded = one.load(program);
      loaded.run(packet.udp({ payload: new Uint8Array(58) }));
      const alone = [...contents(one, loaded).values()].reduce((all, value) => all + value, 0);
      it.equal("one packet of 100 bytes", alone, 100, { 200: "twice", 1: "ones" });
      if (alone !== 100) return;
      const sizes = [58, 158].map((size) => packet.udp({ payload: new Uint8Array(size) }));
      const found = sums(new Lab(it, { cpus: 2, seed: 11 }), program, sizes);
      it.that(
        "packets of 100 and 200 bytes at the same time always give 300",
        found.join() === "300",
        `they can give ${found.join(" or ")}`,
        found.some((sum) => Number(sum) < 300) ? "lost" : undefined,
      );
    },
  }),
  exercise({
    id: "03-4",
    title: "Which type?",
    hints: [
      "(a) is a hash that makes room. (b) has one element, and nobody shares it.",
      "(c) no counts, but each event, in one order for all CPUs. (d) networks are prefixes of different lengths.",
      "The names are lru_hash, percpu_array, ringbuf and lpm_trie; which is which?",
    ],
    mistakes: {
      full: "(a) A hash is full after 10,000 addresses and refuses new ones: which type makes room?",
      shared: "(b) An array is fast, but 64 CPUs pass one piece of memory around: give each its own value.",
      unordered: "(c) A perf event array has a buffer for each CPU, so events of different CPUs have no order.",
      exact: "(d) A hash finds only equal keys: a network is a prefix of the address.",
    },
    check: (answer, it) => {
      const types = texts(answer)?.map((type) => type.trim().toLowerCase().replace("bpf_map_type_", ""));
      if (types === undefined) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      it.answer("(a) the last addresses", types[0], TYPES[0], { '"hash"': "full", '"percpu_hash"': "full" });
      it.answer("(b) one fast count", types[1], TYPES[1], { '"array"': "shared", '"hash"': "shared" });
      it.answer("(c) every start", types[2], TYPES[2], { '"perf_event_array"': "unordered" });
      it.answer("(d) the network", types[3], TYPES[3], { '"hash"': "exact", '"array"': "exact" });
      it.that("there are four", types.length === 4, `got ${types.length}`);
    },
  }),
];

const keysOf = (counts: ReadonlyMap<number, number>): string => [...counts.keys()].join(", ") || "none";
