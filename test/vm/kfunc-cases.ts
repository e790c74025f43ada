/** Programs that call functions of Linux, and what they compute: the same here, with both engines, and on Linux. */
import { ARENA_START } from "../../src/maps/arena.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { ProgramType } from "../../src/programs/types.ts";

/** Where the programs leave what they computed: 16 numbers. */
export const RESULTS: MapSpec = {
  ...{ type: "array", name: "results", keySize: 4, valueSize: 128, maxEntries: 1, flags: 0 },
};

/** What is left of a negative `int`: on x86 the upper half of r0 is 0. */
const minus = (errno: number): bigint => 2n ** 32n - BigInt(errno);

/** Eight pages, none there at first. */
export const PAGES: MapSpec = {
  ...{ type: "arena", name: "pages", keySize: 0, valueSize: 0, maxEntries: 8, flags: MAP_FLAGS.MMAPABLE },
  mapExtra: ARENA_START,
};

export interface KfuncCase {
  readonly name: string;
  readonly text: string;
  readonly type: ProgramType;
  /** The first numbers in `results` afterwards, signed; those after them are 0. */
  readonly results: readonly bigint[];
}

/** Leaves r0 as result number `index`. */
const keep = (index: number): string => `
  r9 = map[results][0]
  *(u64 *)(r9 + ${8 * index}) = r0`;

const END = "r0 = 0\n exit";

/** Puts a text on the stack, the zero with it, at r10 - `below` (a multiple of 8). */
function text(value: string, below: number): string {
  const bytes = new Uint8Array(Math.ceil((value.length + 1) / 8) * 8);
  bytes.set(new TextEncoder().encode(value));
  const words = new BigUint64Array(bytes.buffer);
  return [...words].map((word, i) => `r1 = ${word} ll\n *(u64 *)(r10 - ${below - 8 * i}) = r1`).join("\n");
}

const at = (register: number, below: number): string => `r${register} = r10\n r${register} += -${below}`;

/** Calls a function of texts: "hello world" is at r10 - 16, `second` at r10 - 32. */
function ofText(
  name: string,
  calls: readonly (readonly [second: string | undefined, ...numbers: number[]])[],
  ...results: bigint[]
): KfuncCase {
  const body = calls.map(([second, ...numbers], index) => {
    const first = second === undefined ? 2 : 3;
    return [
      text("hello world", 16),
      second === undefined ? "" : text(second, 32),
      ...numbers.map((number, i) => `r${first + i} = ${number}`),
      at(1, 16),
      second === undefined ? "" : at(2, 32),
      `call ${name}`,
      keep(index),
    ].join("\n");
  });
  return { name, text: `${body.join("\n")}\n${END}`, type: "socket_filter", results };
}

const iterate = (start: number, end: number, body: string): string => `
  ${at(1, 8)}
  r2 = ${start}
  r3 = ${end}
  call bpf_iter_num_new
  ${keep(0)}
next:
  ${at(1, 8)}
  call bpf_iter_num_next
  if r0 == 0 goto done
  ${body}
  goto next
done:
  ${at(1, 8)}
  call bpf_iter_num_destroy
  ${END}`;

const SUM = `r1 = *(s32 *)(r0 + 0)
  r9 = map[results][0]
  r2 = *(u64 *)(r9 + 8)
  r2 += r1
  *(u64 *)(r9 + 8) = r2
  r2 = *(u64 *)(r9 + 16)
  r2 += 1
  *(u64 *)(r9 + 16) = r2`;

const NUMBERS: readonly KfuncCase[] = [
  { name: "numbers from 3 to 10", text: iterate(3, 10, SUM), type: "socket_filter", results: [0n, 42n, 7n] },
  { name: "numbers below zero", text: iterate(-3, 1, SUM), type: "socket_filter", results: [0n, -6n, 4n] },
  { name: "no numbers", text: iterate(5, 5, SUM), type: "socket_filter", results: [0n, 0n, 0n] },
  { name: "numbers that go down", text: iterate(5, 4, SUM), type: "socket_filter", results: [minus(22), 0n, 0n] },
  { name: "too many numbers", text: iterate(0, 8388609, SUM), type: "socket_filter", results: [minus(7), 0n, 0n] },
];

/** The bits of words on the stack, from r10 - `below` on. */
const bits = (words: readonly bigint[], count = words.length): string => `
  ${words.map((word, i) => `r1 = ${BigInt.asUintN(64, word)} ll\n *(u64 *)(r10 - ${64 - 8 * i}) = r1`).join("\n")}
  ${at(1, 16)}
  ${at(2, 64)}
  r3 = ${count}
  call bpf_iter_bits_new
  ${keep(0)}
next:
  ${at(1, 16)}
  call bpf_iter_bits_next
  if r0 == 0 goto done
  ${SUM}
  goto next
done:
  ${at(1, 16)}
  call bpf_iter_bits_destroy
  ${END}`;

const BITS: readonly KfuncCase[] = [
  { name: "bits of one word", text: bits([0x8000_0000_0000_0005n]), type: "socket_filter", results: [0n, 65n, 3n] },
  { name: "bits of three words", text: bits([1n, 0n, 6n]), type: "socket_filter", results: [0n, 259n, 3n] },
  { name: "bits of no word", text: bits([1n], 0), type: "socket_filter", results: [minus(22), 0n, 0n] },
  { name: "bits of too many words", text: bits([1n], 512), type: "socket_filter", results: [minus(7), 0n, 0n] },
];

const TEXTS: readonly KfuncCase[] = [
  ofText("bpf_strlen", [[undefined]], 11n),
  ofText(
    "bpf_strnlen",
    [
      [undefined, 20],
      [undefined, 11],
      [undefined, 4],
      [undefined, 0],
    ],
    11n,
    11n,
    4n,
    0n,
  ),
  ofText(
    "bpf_strchr",
    [
      [undefined, 0x6f],
      [undefined, 0x7a],
      [undefined, 0],
    ],
    4n,
    minus(2),
    11n,
  ),
  ofText(
    "bpf_strchrnul",
    [
      [undefined, 0x6f],
      [undefined, 0x7a],
    ],
    4n,
    11n,
  ),
  ofText(
    "bpf_strnchr",
    [
      [undefined, 5, 0x6f],
      [undefined, 4, 0x6f],
      [undefined, 20, 0x7a],
      [undefined, 0, 0x68],
      [undefined, 12, 0],
    ],
    4n,
    minus(2),
    minus(2),
    minus(2),
    11n,
  ),
  ofText(
    "bpf_strrchr",
    [
      [undefined, 0x6f],
      [undefined, 0x7a],
      [undefined, 0],
    ],
    7n,
    minus(2),
    11n,
  ),
  ofText("bpf_strcmp", [["hello world"], ["hello"], ["help"], ["Hello world"], [""]], 0n, 1n, minus(1), 1n, 1n),
  ofText("bpf_strcasecmp", [["HELLO World"], ["HELP"], ["a"]], 0n, minus(1), 1n),
  ofText("bpf_strspn", [["hel"], ["hello"], ["x"], [""]], 4n, 5n, 0n, 0n),
  ofText("bpf_strcspn", [["ow"], ["x"], [""], ["h"]], 4n, 11n, 11n, 0n),
  ofText("bpf_strstr", [["world"], ["lo w"], ["worlds"], [""], ["d"]], 6n, 3n, minus(2), 0n, 10n),
  ofText(
    "bpf_strnstr",
    [
      ["world", 11],
      ["world", 10],
      ["hello", 5],
      ["hello", 4],
      ["", 0],
      ["d", 50],
    ],
    6n,
    minus(2),
    0n,
    minus(2),
    0n,
    10n,
  ),
];

const SECTIONS: readonly KfuncCase[] = [
  {
    name: "sections change nothing",
    type: "socket_filter",
    text: `call bpf_preempt_disable\n call bpf_rcu_read_lock\n r6 = 7\n call bpf_rcu_read_unlock\n call bpf_preempt_enable\n r0 = r6\n ${keep(0)}\n ${END}`,
    results: [7n],
  },
];

/** Calls of bpf_arena_alloc_pages (+n: n pages; [at, n] at a place), bpf_arena_free_pages (at, n) and reserve. */
export type PageCall = { alloc: number; at?: number } | { free: number; at: number } | { reserve: number; at: number };

export function callPages(...calls: PageCall[]): string {
  const lines = calls.map((call, index) => {
    const place = call.at === undefined ? "r2 = 0" : `r2 = map[pages][0]\n r2 += ${4096 * call.at}`;
    const [name, count] = Object.entries(call).find(([key]) => key !== "at")!;
    const result = name === "free" ? "r0 = 0" : "";
    return `r1 = map[pages]\n ${place}\n r3 = ${count}\n r4 = -1\n r5 = 0\n call bpf_arena_${name}_pages\n ${result}${keep(index)}`;
  });
  return `${lines.join("\n")}\n ${END}`;
}

const place = (page: number): bigint => ARENA_START + 4096n * BigInt(page);

const ARENA: readonly KfuncCase[] = [
  {
    name: "pages are given out from the beginning",
    type: "syscall",
    text: callPages({ alloc: 1 }, { alloc: 2 }, { alloc: 8 }, { alloc: 5 }, { alloc: 1 }),
    results: [place(0), place(1), 0n, place(3), 0n],
  },
  {
    name: "the smallest gap that is large enough, and of two the newer",
    type: "syscall",
    text: callPages(
      { alloc: 8 },
      { free: 2, at: 0 },
      { free: 1, at: 4 },
      { free: 1, at: 6 },
      { alloc: 1 },
      { alloc: 1 },
      { alloc: 1 },
    ),
    results: [place(0), 0n, 0n, 0n, place(6), place(4), place(0)],
  },
  {
    name: "gaps that touch are one",
    type: "syscall",
    text: callPages(
      { alloc: 8 },
      { free: 1, at: 1 },
      { free: 1, at: 3 },
      { free: 1, at: 2 },
      { alloc: 3 },
      { free: 1, at: 7 },
      { alloc: 1 },
    ),
    results: [place(0), 0n, 0n, 0n, place(1), 0n, place(7)],
  },
  {
    name: "pages at a place",
    type: "syscall",
    text: callPages(
      { alloc: 2, at: 3 },
      { alloc: 1, at: 4 },
      { alloc: 2, at: 7 },
      { alloc: 3 },
      { alloc: 4 },
      { alloc: 3 },
    ),
    results: [place(3), 0n, 0n, place(5), 0n, place(0)],
  },
  {
    name: "reserved pages are nobody's",
    type: "syscall",
    text: callPages(
      { reserve: 2, at: 0 },
      { alloc: 1 },
      { reserve: 1, at: 2 },
      { reserve: 9, at: 3 },
      { reserve: 0, at: 3 },
      { alloc: 1, at: 0 },
    ),
    results: [0n, place(2), minus(16), minus(22), 0n, 0n],
  },
  {
    name: "no pages, and flags",
    type: "syscall",
    text: `${callPages({ alloc: 0 }).replace(/r0 = 0\s+exit/, "")} r1 = map[pages]\n r2 = 0\n r3 = 1\n r4 = -1\n r5 = 1\n call bpf_arena_alloc_pages ${keep(1)}\n ${END}`,
    results: [0n, 0n],
  },
  {
    name: "what is stored in a page is there; before and after it is nothing",
    type: "syscall",
    text: `r1 = map[pages]\n r2 = 0\n r3 = 1\n r4 = -1\n r5 = 0\n call bpf_arena_alloc_pages\n r6 = r0
      r6 = addr_space_cast(r6, 0, 1)
      r1 = 0x1122334455667788 ll\n *(u64 *)(r6 + 8) = r1\n r0 = *(u32 *)(r6 + 8) ${keep(0)}
      r0 = *(s8 *)(r6 + 8) ${keep(1)}
      *(u64 *)(r6 + 4092) = r1\n r0 = *(u64 *)(r6 + 4092) ${keep(2)}
      r0 = *(u32 *)(r6 + 4092) ${keep(3)}
      *(u64 *)(r6 + 8192) = r1\n r0 = *(u64 *)(r6 + 8192) ${keep(4)}
      r0 = *(u64 *)(r6 - 8) ${keep(5)}
      r2 = 5\n lock *(u64 *)(r6 + 8) += r2\n r0 = *(u64 *)(r6 + 8) ${keep(6)}
      r2 = 9\n r2 = atomic_fetch_add((u64 *)(r6 + 16384), r2)\n r0 = r2 ${keep(7)}
      r0 = 77\n r0 = load_acquire((u64 *)(r6 + 16384)) ${keep(8)}
      r0 = load_acquire((u16 *)(r6 + 8)) ${keep(9)}
      r0 = addr_space_cast(r6, 1, 0) ${keep(10)}
      r1 = 0\n r0 = addr_space_cast(r1, 1, 0) ${keep(11)}
      r6 += 8\n r0 = *(u8 *)(r6 + 1) ${keep(12)}
      ${END}`,
    results: [...[0x55667788n, -120n, 0n, 0n, 0n, 0n, 0x112233445566778dn, 9n, 77n, 0x778dn], ...[0n, 0n, 0x77n]],
  },
  {
    name: "an access over the end of a page, into one that lies elsewhere",
    type: "syscall",
    text: `${callPages({ alloc: 1, at: 1 }, { alloc: 1, at: 0 }).replace(/r0 = 0\s+exit/, "")}
      r1 = map[pages][0]\n r6 = addr_space_cast(r1, 0, 1)
      r1 = 0x1122334455667788 ll\n *(u64 *)(r6 + 4093) = r1\n r0 = *(u64 *)(r6 + 4093) ${keep(2)}
      r0 = *(u32 *)(r6 + 4096) ${keep(3)}
      r0 = *(u16 *)(r6 + 4094) ${keep(4)}
      r2 = 0x100000000 ll\n r2 = atomic_fetch_add((u64 *)(r6 + 4092), r2)\n r0 = r2 ${keep(5)}
      r0 = *(u64 *)(r6 + 4093) ${keep(6)}
      ${END}`,
    results: [place(1), place(0), 0x1122334455667788n, 0x22334455n, 0x6677n, 0x2233445566778800n, 0x1122334456667788n],
  },
];

export const KFUNC_CASES: readonly KfuncCase[] = [...SECTIONS, ...NUMBERS, ...BITS, ...TEXTS, ...ARENA];
