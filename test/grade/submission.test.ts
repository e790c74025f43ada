/** Submissions: what students hand over comes back as it was; whatever else is sent is an error with a place, never a crash. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GradeError } from "../../src/grade/error.ts";
import {
  checkArtefact,
  decodeProgram,
  decodeSubmission,
  decodeValue,
  encodeArtefact,
  encodeSubmission,
  fromBase64,
  LIMITS,
  toBase64,
} from "../../src/grade/submission/index.ts";
import { asm } from "../../src/loader/asm.ts";
import { verify } from "../../src/loader/verify.ts";
import { u32, u64 } from "../../src/maps/codec.ts";
import { map } from "../../src/maps/map.ts";

const RUNS = process.env.BPFBOOK_NIGHT ? 20_000 : 300;
const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const thrown = (run: () => unknown): GradeError => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GradeError);
    return error as GradeError;
  }
  throw new Error("nothing was thrown");
};
const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 8 });
const program = asm({ type: "xdp", name: "mine" })`
  r1 = map[${counts}]
  r0 = 2
  exit
`;
const whole = (answers: unknown) => ({ version: 1, assignment: "a1", student: "s042", answers });

describe("a submission", () => {
  it("brings a program back as it was: instructions, maps, lines", () => {
    const artefact = encodeArtefact(program);
    const { submission, faults } = decodeSubmission(
      encodeSubmission({ version: 1, assignment: "a1", student: "s042", answers: { "a1/1": artefact } }),
    );
    expect(faults.size).toBe(0);
    const back = submission.answers["a1/1"]!;
    if (back.kind !== "program") throw new Error("no program");
    const decoded = decodeProgram(back);
    expect(decoded.insns).toEqual(program.insns);
    expect(decoded.lines?.map((line) => line?.text)).toEqual(program.lines?.map((line) => line?.text));
    expect(decoded.maps).toEqual([{ type: "hash", name: "counts", keySize: 4, valueSize: 8, maxEntries: 8, flags: 0 }]);
    expect(verify(decoded).ok).toBe(true);
  });

  it("brings any value back that can be handed over", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.bigInt(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array({ maxLength: 20 }),
        fc.array(tie("any"), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((key) => !key.startsWith("$")),
          tie("any"),
          { maxKeys: 4 },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, (one) => {
        const artefact = checkArtefact(JSON.parse(JSON.stringify(encodeArtefact(one, "value"))), "");
        expect(artefact.kind === "value" && decodeValue(artefact.value)).toEqual(one);
      }),
      { numRuns: RUNS },
    );
  });

  it("has the same bytes however its members are ordered", () => {
    const a = encodeSubmission({
      version: 1,
      assignment: "a1",
      student: "s",
      answers: { "a1/1": { kind: "value", value: 1 } },
    });
    const b = encodeSubmission({
      answers: { "a1/1": { value: 1, kind: "value" } },
      student: "s",
      assignment: "a1",
      version: 1,
    });
    expect(a).toEqual(b);
  });

  it("keeps bytes through base64", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
    expect(fromBase64("A===")).toBeUndefined();
  });

  it.each([
    ["functions", () => 1],
    ["NaN", Number.NaN],
    ["undefined", undefined],
  ])("cannot hold %s", (_, value) => {
    expect(thrown(() => encodeArtefact(value)).code).toBe("not-an-artefact");
  });

  it("cannot hold what contains itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(thrown(() => encodeArtefact(loop)).message).toMatch(/contains itself/);
  });
});

describe("a hostile submission", () => {
  it.each<[string, Uint8Array, string, string]>([
    ["is too large", new Uint8Array(LIMITS.submission + 1).fill(0x20), "too-large", ""],
    ["nests a million levels", bytesOf("[".repeat(900_000)), "too-deep", ""],
    ["is no JSON", bytesOf("{"), "not-json", ""],
    ["is no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "not-json", ""],
    ["is a list", bytesOf([]), "not-a-submission", ""],
    ["is of another version", bytesOf({ version: 2 }), "not-a-submission", "version"],
    ["names a path as student", bytesOf({ ...whole({}), student: "../../etc" }), "not-a-submission", "student"],
    ["has a page as student", bytesOf({ ...whole({}), student: "<script>" }), "not-a-submission", "student"],
    [
      "has too many answers",
      bytesOf(whole(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`a1/${i}`, 1])))),
      "not-a-submission",
      "answers",
    ],
    [
      "has a prototype as answer",
      bytesOf('{"version":1,"assignment":"a1","student":"s","answers":{"__proto__":{}}}'),
      "not-a-submission",
      "answers",
    ],
  ])("%s: an error that says so", (_, bytes, code, where) => {
    const error = thrown(() => decodeSubmission(bytes));
    expect([error.code, error.where]).toEqual([code, where]);
    expect(error.message).not.toMatch(/\n/);
  });

  it.each<[string, unknown, string]>([
    ["no artefact", 7, "answers.a1/1"],
    ["an unknown kind", { kind: "typescript" }, "answers.a1/1.kind"],
    ["a kind from the prototype", { kind: "constructor" }, "answers.a1/1.kind"],
    ["half an instruction", { ...encodeArtefact(program), insns: "b700" }, "answers.a1/1.insns"],
    ["a type from the prototype", { ...encodeArtefact(program), type: "toString" }, "answers.a1/1.type"],
    ["lines beyond the program", { ...encodeArtefact(program), lines: [[99, 1, 1, ""]] }, "answers.a1/1.lines[0][0]"],
    [
      "a map of 4 GiB",
      {
        ...encodeArtefact(program),
        maps: [{ type: "array", name: "x", keySize: 4, valueSize: 4096, maxEntries: 2 ** 20, flags: 0 }],
      },
      "answers.a1/1.maps[0]",
    ],
    ["a bigint of a megabyte", { kind: "value", value: { $bigint: "1".repeat(81) } }, "answers.a1/1.value"],
    ["too much", { kind: "value", value: "x".repeat(LIMITS.artefact) }, "answers.a1/1"],
    ["a long bpftrace program", { kind: "bpftrace", text: "x".repeat(LIMITS.bpftrace + 1) }, "answers.a1/1.text"],
    ["no base64", { kind: "object", bytes: "!!!!" }, "answers.a1/1.bytes"],
  ])("with %s in one answer loses only that", (_, answer, where) => {
    const { submission, faults } = decodeSubmission(
      bytesOf(whole({ "a1/1": answer, "a1/2": { kind: "value", value: 1 } })),
    );
    expect(Object.keys(submission.answers)).toEqual(["a1/2"]);
    expect(faults.get("a1/1")?.where).toBe(where);
  });

  it("never changes a prototype", () => {
    const text =
      '{"version":1,"assignment":"a1","student":"s","answers":{"a1/1":{"kind":"value","value":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}}';
    const { submission } = decodeSubmission(bytesOf(text));
    const answer = submission.answers["a1/1"]!;
    const value = answer.kind === "value" ? decodeValue(answer.value) : undefined;
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("of any bytes is a submission or a GradeError", () => {
    const good = new TextDecoder().decode(
      encodeSubmission({ version: 1, assignment: "a1", student: "s", answers: { "a1/1": encodeArtefact(program) } }),
    );
    const mutated = fc
      .tuple(fc.nat(good.length), fc.nat(30), fc.oneof(fc.string(), fc.json(), fc.constant("__proto__")))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
    const anything = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(bytesOf), mutated.map(bytesOf));
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          const { submission } = decodeSubmission(bytes);
          for (const answer of Object.values(submission.answers)) if (answer.kind === "program") decodeProgram(answer);
        } catch (error) {
          expect(error).toBeInstanceOf(GradeError);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("of any members is a submission, an answer left out, or a GradeError", () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 3 }),
        fc.constantFrom("program", "object", "bpftrace", "value"),
        (members, kind) => {
          const artefact = encodeArtefact(program) as unknown as Record<string, unknown>;
          decodeSubmission(
            bytesOf(
              JSON.stringify(whole({ "a1/1": { ...artefact, ...members, kind } }), (_, x) =>
                typeof x === "bigint" ? 0 : x,
              ),
            ),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });
});
