import type { Verdict } from "../../verifier/verdict.ts";
import { refusalText } from "../../verifier/verification.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";
import { readMap } from "./map-contents.ts";

/** Bytes of the table of a2/3. */
const TABLE = 16;
const [DROP, PASS] = [1, 2];

/** A packet as XDP takes it, and what it is about. */
interface Frame {
  readonly bytes: Uint8Array;
  readonly shown: string;
}

/** A frame of this length, of zeros but for one byte. */
function frame(length: number, at: number, value: number): Frame {
  const bytes = new Uint8Array(length);
  if (at < length) bytes[at] = value;
  return { bytes, shown: `${length} bytes${at < length ? `, byte ${at} is ${value}` : ""}` };
}

/** Frames of drawn lengths, long enough for the byte. */
const drawn = (v: Variant, at: number, values: readonly number[]): readonly Frame[] =>
  values.map((value, n) => frame(v.number(`length ${n}`, at + 1, 400), at, value));

/** The mended program: accepted at last; else the check ends with the complaint and, for a likely one, its mistake. */
function mended(answer: unknown, it: Inspector, mistake: (complaint: string) => string | undefined) {
  const program = it.program(answer, "xdp");
  it.accepted(program, (verdict: Verdict) => mistake(refusalText(verdict)));
  return it.lab().load(program);
}

/** Runs it on frames, and compares what it returns. */
function returns(
  program: ReturnType<typeof mended>,
  cases: readonly (readonly [Frame, want: number, mistakes?: Readonly<Record<string, string>>])[],
  it: Inspector,
): void {
  for (const [{ bytes, shown }, want, mistakes = {}] of cases)
    it.run(program, { data: bytes }, shown, ({ retval }) => void it.equal("its result", retval, want, mistakes));
}

/** What a2/1 does with a frame. */
function dropsOne(
  answer: unknown,
  frames: readonly Frame[],
  { at, value }: Record<"at" | "value", number>,
  it: Inspector,
) {
  const program = mended(answer, it, (complaint) => (/outside of the packet/.test(complaint) ? "short" : undefined));
  returns(
    program,
    frames.map((one) => {
      const drop = one.bytes[at] === value;
      return [one, drop ? DROP : PASS, { [drop ? PASS : DROP]: drop ? "strict" : "changed" }] as const;
    }),
    it,
  );
}

/** Bytes by kind: what a2/2's map holds after some frames. */
function totalled(
  answer: unknown,
  frames: readonly Frame[],
  { kind, totals }: { readonly kind: number; readonly totals: string },
  it: Inspector,
): void {
  const program = mended(answer, it, (complaint) => (/map_value_or_null/.test(complaint) ? "unasked" : undefined));
  returns(
    program,
    frames.map((one) => [one, PASS]),
    it,
  );
  const want = new Map<number, number>();
  for (const { bytes } of frames)
    if (bytes.length > kind) want.set(bytes[kind]!, (want.get(bytes[kind]!) ?? 0) + bytes.length);
  const found = readMap(it, program, totals, 4, 8);
  it.on(frames.map(({ shown }) => shown).join("; "));
  for (const [key, sum] of want) {
    const last = frames.findLast(({ bytes }) => bytes[kind] === key)!.bytes.length;
    const mistakes = sum === last ? { 0: "skipped" } : { 0: "skipped", [last]: "overwritten" };
    it.equal(`${totals}[${key}]`, found.get(BigInt(key)) ?? 0n, BigInt(sum), mistakes);
  }
  it.equal("kinds that are in the map", found.size, want.size);
}

/** What a2/3 returns. */
function looksUp(
  answer: unknown,
  indices: readonly number[],
  {
    index,
    table,
    otherwise,
  }: { readonly index: number; readonly table: readonly number[]; readonly otherwise: number },
  it: Inspector,
): void {
  const program = mended(answer, it, (complaint) =>
    /variable-offset|off -?\d+ size/.test(complaint) ? "unbounded" : undefined,
  );
  const cases = indices.map((value) => {
    const want = table[value] ?? otherwise;
    const mistakes = value < TABLE ? { [otherwise]: "strict" } : { [table[value % TABLE]!]: "masked" };
    return [frame(index + 20, index, value), want, mistakes] as const;
  });
  returns(program, [...cases, [frame(index, index, 0), otherwise]], it);
}

/** Eight bytes as a constant of the assembler. */
const word = (bytes: readonly number[]): string =>
  `0x${bytes
    .toReversed()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")}`;

/** Three programs that mean well, and that the verifier refuses. */
export const A02 = assignment({
  id: "a2",
  title: "The verifier's complaint",
  summary: "Three refused programs: mend each so that it is accepted and still does what it was written for.",
  lesson: "07",
  source: "a02-verifiers-complaint",
  revision: 1,
  variant(v) {
    // Bytes that are all different, so that one that comes from another place is seen.
    const table = v.sample(
      "table",
      Array.from({ length: 120 }, (_, at) => 10 + at),
      TABLE,
    );
    return {
      at: v.number("at", 36, 90),
      value: v.number("value", 3, 250),
      kind: v.number("kind", 20, 60),
      totals: `${v.name("totals")}_t`,
      index: v.number("index", 18, 60),
      table,
      low: word(table.slice(0, 8)),
      high: word(table.slice(8)),
      otherwise: v.number("otherwise", 200, 255),
    };
  },
  tasks: [
    {
      id: "a2/1",
      title: "Behind the packet's end",
      points: 3,
      submit: { name: "drops", kind: "program" },
      visible: [
        {
          title: "it is accepted, and drops a long packet with your byte",
          run: ({ answer, params, it }) =>
            dropsOne(
              answer,
              [frame(300, params.at, params.value), frame(300, params.at, 0), frame(20, 0, 1)],
              params,
              it,
            ),
        },
      ],
      hidden: [
        {
          title: "packets that end right behind the byte, and before it",
          weight: 2,
          run({ answer, params, it, v }) {
            const { at, value } = params;
            const near = [at + 1, at + 2, at].map((length) => frame(length, at, value));
            dropsOne(answer, [...drawn(v, at, [value, value + 1, value - 1, value]), ...near], params, it);
          },
        },
      ],
      hints: [
        "The complaint names the instruction, the offset that it reads, and how many bytes were compared with the packet's end (r=...).",
        "The comparison has to reach to the end of the byte that is read: its offset and one more. Not further: a packet may end there.",
      ],
      mistakes: {
        short: "More is read than was compared with the packet's end: compare up to the byte that is read.",
        strict:
          "This packet has the byte, and should be dropped: does your comparison ask for more bytes than are read?",
        changed: "This packet should pass: mend what is refused, and leave what the program does.",
      },
    },
    {
      id: "a2/2",
      title: "Perhaps there is none",
      points: 3,
      submit: { name: "counts", kind: "program" },
      visible: [
        {
          title: "it is accepted, and sums up the bytes of one kind",
          run: ({ answer, params, it }) =>
            totalled(answer, [frame(100, params.kind, 6), frame(100, params.kind, 6)], params, it),
        },
      ],
      hidden: [
        {
          title: "several kinds, and packets that are too short",
          weight: 2,
          run({ answer, params, it, v }) {
            const { kind } = params;
            const kinds = v.sample("kinds", [1, 6, 17, 58, 89, 132], 3);
            const mixed = Array.from({ length: 9 }, (_, n) => v.choice(`kind ${n}`, kinds));
            totalled(answer, [...drawn(v, kind, mixed), frame(kind, kind, 0)], params, it);
          },
        },
      ],
      hints: [
        "bpf_map_lookup_elem gives the address of a value, or 0 where there is none: for a hash both happen.",
        "Where there is none, this is the kind's first packet: put its length into the map, with bpf_map_update_elem. r6 to r9 outlive a call.",
      ],
      mistakes: {
        unasked: "r0 may be 0: compare it before you read through it.",
        skipped: "It is accepted, but counts nothing: a kind's first packet has to create the element.",
        overwritten: "That is the last packet's length only: where an element is there, add to it.",
      },
    },
    {
      id: "a2/3",
      title: "A place from outside",
      points: 4,
      submit: { name: "looks", kind: "program" },
      visible: [
        {
          title: "it is accepted, and finds the table's first and fourth byte",
          run: ({ answer, params, it }) => looksUp(answer, [0, 3], params, it),
        },
      ],
      hidden: [
        {
          title: "the whole table",
          run: ({ answer, params, it }) =>
            looksUp(
              answer,
              Array.from({ length: TABLE }, (_, at) => at),
              params,
              it,
            ),
        },
        {
          title: "places that are not in the table",
          run: ({ answer, params, it, v }) =>
            looksUp(
              answer,
              [
                TABLE,
                255,
                ...v.sample(
                  "large",
                  Array.from({ length: 230 }, (_, at) => 20 + at),
                  4,
                ),
              ],
              params,
              it,
            ),
        },
      ],
      hints: [
        "What does the verifier know of r5 at the complaint? It is a byte: 0 to 255. The table has 16.",
        "Compare r5 before it is added, and leave with the other result where it is too large. A mask (r5 &= 15) is accepted too, but finds a byte where none should be.",
      ],
      mistakes: {
        unbounded:
          "The place comes from the packet and may be anything up to 255: compare it before you add it to an address.",
        masked: "It is accepted, but a place of 16 and more is bent into the table: it has the other result.",
        strict: "This place is in the table: it has 16 bytes, the last one is at 15.",
      },
    },
  ],
});
