import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerLine } from "../../src/cli/batch/command.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

/** Requests that are understood, to be spoilt. */
const GOOD = [
  { id: "1", op: "verify", type: "xdp", insns: "b7000000020000009500000000000000", logLevel: 2 },
  {
    id: 2,
    op: "run",
    type: "raw",
    insns: "b7000000020000009500000000000000",
    data: "0011",
    repeat: 3,
    engine: "interp",
  },
  {
    ...{ id: null, op: "run", type: "socket_filter", data: "00".repeat(60) },
    insns: "181100000000000000000000000000007902000000000000b7000000000000009500000000000000",
    maps: [{ type: "array", key: 4, value: 8, max: 1 }],
  },
  {
    id: "4",
    op: "run",
    type: "sched_cls",
    insns: "61100800000000009500000000000000",
    data: "00".repeat(64),
    context: "00".repeat(192),
  },
  {
    id: "5",
    op: "run",
    type: "syscall",
    insns: "b7000000020000009500000000000000",
    context: "0102030405060708",
    timeLimit: 1,
  },
].map((request) => JSON.stringify(request));

/** What may stand where a value stood. */
const VALUES = [
  ...["null", "true", "-1", "1e99", "1.5", "4294967296", '""', '"zz"', '"00"', '"xdp"', '"raw"', "[]", "{}", "[[]]"],
  ...['{"toString":1}', '"__proto__"', '"constructor"', '[{"type":"hash","key":4,"value":8,"max":99999999}]'],
];

/** A request with values of it replaced, members left out, and pieces of text cut, doubled or changed. */
const spoilt = fc
  .tuple(
    fc.constantFrom(...GOOD),
    fc.array(fc.tuple(fc.nat(20), fc.constantFrom(...VALUES)), { maxLength: 2 }),
    fc.array(fc.tuple(fc.nat(300), fc.nat(12), fc.string({ maxLength: 4 })), { maxLength: 2 }),
  )
  .map(([line, replaced, cuts]) => {
    let at = 0;
    let text = line.replace(/(?<=":)("[^"]*"|\d+|null|\[[^\]]*\])/g, (value) => {
      const index = at++;
      return replaced.find(([which]) => which === index)?.[1] ?? value;
    });
    for (const [from, length, put] of cuts) text = text.slice(0, from) + put + text.slice(from + length);
    return text;
  });

/** Programs of any bytes, of any type. */
const anyProgram = fc
  .tuple(
    fc.constantFrom("verify", "run"),
    fc.constantFrom("raw", "xdp", "socket_filter", "tracepoint", "kprobe", "syscall", "sk_lookup", "flow_dissector"),
    fc.uint8Array({ maxLength: 64 }),
    fc.boolean(),
  )
  .map(([op, type, bytes, whole]) => {
    const insns = Buffer.from(whole ? bytes.subarray(0, bytes.length & ~7) : bytes).toString("hex");
    return JSON.stringify({ id: 7, op, type, insns, data: "00".repeat(64), timeLimit: 0.05 });
  });

/** One line of JSON with an id, which is no fault of ours. */
function expectAnswer(line: string): void {
  const answer = answerLine(line);
  expect(answer).not.toContain("\n");
  const told: unknown = JSON.parse(answer);
  expect(told).toHaveProperty("id");
  expect(answer).not.toMatch(/a fault of bpfbook|RangeError|TypeError|\.ts:\d+/);
  expect(answer).toMatch(/"ok":|"error":/);
}

describe("batch answers any line with one line of JSON", () => {
  const runs = { numRuns: NIGHT ? 20_000 : 150 };

  test("bytes", () => {
    const anything = fc
      .uint8Array({ maxLength: 80 })
      .map((bytes) => new TextDecoder().decode(bytes).replace(/[\r\n]/g, " "));
    fc.assert(fc.property(anything, expectAnswer), runs);
  });

  test("JSON that is no request", () => {
    fc.assert(
      fc.property(
        fc.jsonValue().map((value) => JSON.stringify(value)),
        expectAnswer,
      ),
      runs,
    );
  });

  test("spoilt requests", () => {
    fc.assert(fc.property(spoilt, expectAnswer), runs);
  });

  test("any instructions", () => {
    fc.assert(fc.property(anyProgram, expectAnswer), runs);
  });
});
