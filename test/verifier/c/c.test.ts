import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encode, toHex } from "../../../src/isa/encode.ts";
import { programSpecs } from "../../../src/loader/object/program-specs.ts";
import { explain } from "../../../src/verifier/explain.ts";
import { verify } from "../../../src/verifier/verify.ts";
import { renderVerdict, withWitness } from "../../../src/views/verdict.ts";
import { C_PROGRAMS, CLANG_FLAGS, OBJECTS, SOURCES, specOf } from "./programs.ts";

describe("programs in C: the verdict is what their first line says", () => {
  // One of them is followed for a million instructions.
  test.each(C_PROGRAMS)("$name", { timeout: 120_000 }, (program) => {
    const verdict = verify(specOf(program));
    const { refused } = program;
    expect([verdict.error, verdict.errno, verdict.message]).toEqual([refused?.error, refused?.errno, refused?.message]);
    expect(program.why.length).toBeGreaterThan(40);
  });
});

describe("explanations of programs in C", () => {
  const explained = (name: string) => explain(specOf(C_PROGRAMS.find((each) => each.name === name)!))!;

  test("a NULL check in C, with the name of the variable", () => {
    const { line, fixes, history } = explained("map-value-or-null");
    expect(line).toMatchObject({ text: expect.stringContaining("*count += 1;") });
    expect(history[0].line?.text).toContain("__u64 *count = bpf_map_lookup_elem(&counts, &key);");
    expect(fixes[0].diff).toBe("+ if (!count)\n+     return XDP_PASS;\n  *count += 1;");
  });

  test("a bound in C, with the name of the index", () => {
    const { fixes, cause } = explained("index-too-great");
    expect(cause).toContain("bytes 0 to 15");
    expect(fixes.map(({ diff }) => diff)).toContain(
      "+ if (index > 15)\n+     return XDP_PASS;\n  return buffer->bytes[index];",
    );
  });

  test.each([
    ["packet-pointer-after-change", "bpf_xdp_adjust_head may move the packet"],
    ["use-after-submit", "bpf_ringbuf_submit ends what r6 pointed to"],
    ["socket-after-release", "bpf_sk_release ends what r7 pointed to"],
  ])("%s: the call that took the pointer away is named", (name, call) => {
    const { cause, history } = explained(name);
    expect(cause).toContain(call);
    expect(history.at(-1)).toMatchObject({ lost: true, learned: expect.stringContaining(call) });
    expect(history.length).toBeGreaterThan(1);
  });

  const diffs = (name: string) => explained(name).fixes.map(({ diff }) => diff);

  test.each([
    [
      "packet-without-check",
      "+ void *data_end = (void *)(long)ctx->data_end;\n+ if ((void *)data + 13 > (void *)data_end)",
    ],
    ["packet-pointer-after-change", "+ data = (void *)(long)ctx->data;\n+ end = (void *)(long)ctx->data_end;"],
    ["map-value-or-null", "- *count += 1;\n+ if (count)\n+     *count += 1;"],
    ["kfunc-result-not-checked", "- bpf_task_release(task);\n+ if (task)\n+     bpf_task_release(task);"],
    ["size-may-be-negative", "+ if (size < 0)"],
    // A number with a sign passes a comparison from above.
    ["index-may-be-negative", "+ if ((__u64)index > 15)"],
    ["size-unbounded", "+ __u64 size = skb->len;\n+ if (size > 16)"],
    ["variable-stack-offset", "+ bytes[ctx->rx_queue_index & 15] = 1;"],
    ["callback-result", "- return index;\n+ return 0;"],
    ["unreleased-reference", "bpf_ringbuf_discard(event, 0);"],
    ["dynptr-not-submitted", "bpf_ringbuf_discard_dynptr(&event, 0);"],
    ["iterator-not-destroyed", "bpf_iter_num_destroy(&numbers);"],
    ["kfunc-reference-kept", "+ call bpf_task_release#"],
    ["socket-reference-kept", "+ call bpf_sk_release#86"],
    ["context-pointer-moved", "+ r0 = *(u32 *)(r1 + 8)"],
    ["buffer-too-small", "- w2 = 32\n+ w2 = 16"],
  ])("%s: a way out that a person would take", (name, diff) => {
    expect(diffs(name).join("\n")).toContain(diff);
  });

  test("the result of a call in the middle of a line has no name in C", () => {
    expect(diffs("iterator-result-not-checked").join()).not.toContain("if (skb)");
  });

  test.each([
    ["lock-held", "It was taken by bpf_spin_lock at instruction 10.", 15],
    ["rcu-not-unlocked", "bpf_rcu_read_lock at instruction 1 began it.", 3],
    ["preemption-not-enabled", "bpf_preempt_disable at instruction 1 began it.", 3],
    ["unreleased-reference", "It came from bpf_ringbuf_reserve at instruction 5.", 10],
    ["iterator-not-destroyed", "It came from bpf_iter_num_new at instruction 5.", 14],
    ["dynptr-not-submitted", "It came from bpf_ringbuf_reserve_dynptr at instruction 6.", 7],
  ])("%s: what is still held, and the branch that forgets it", (name, words, at) => {
    const { cause, branch } = explained(name);
    expect(cause).toContain(words);
    expect(branch).toMatchObject({ at, ends: "same" });
  });

  test("what a callback is given is followed back through the helper that calls it", () => {
    expect(explained("callback-context-too-short").history.map(({ at, register }) => [at, register])).toEqual([
      [2, "R3"],
      [3, "R3"],
      [8, "R2"],
    ]);
    expect(explained("callback-context-too-short").cause).toContain("the stack of the function that called");
    expect(explained("callback-result").history[0].learned).toContain("passes the number of the round");
  });

  test("a parameter of a global function comes from no call", () => {
    const { cause, history } = explained("global-pointer-not-checked");
    expect(history).toMatchObject([{ at: 13, register: "R1", learned: expect.stringContaining("is a parameter") }]);
    expect(cause).toContain("whoever calls it may pass NULL");
    expect(explained("global-argument-too-small").cause).toContain("8 bytes, and the parameter's type has 16");
  });

  test("which field of the context, and what may not be done with it", () => {
    expect(explained("context-write").cause).toContain("ingress_ifindex of struct xdp_md");
    expect(explained("context-out-of-bounds").cause).toContain("struct xdp_md has bytes 0 to 23");
    expect(explained("packet-not-in-socket-filter").mend).toContain("bpf_skb_load_bytes");
  });

  test("a loop of which not all is recorded is told whole", () => {
    const spec = specOf(C_PROGRAMS.find(({ name }) => name === "too-many-instructions")!);
    expect(explain(spec, { limit: 60_000 })!.loop).toMatchObject({ from: 5, to: 12, conditions: [{ at: 12 }] });
  });

  test.each([
    ["map-value-or-null", "context"],
    ["index-may-be-negative", "context"],
    ["key-by-value", "context"],
    ["packet-check-too-short", "packet"],
    ["submit-of-map-value", undefined],
    ["context-index-variable", undefined],
    ["pointer-masked", undefined],
  ])("%s: of an input only what the path looks at is told, and nothing that says nothing", (name, told) => {
    const program = specOf(C_PROGRAMS.find((each) => each.name === name)!);
    const { witness } = withWitness({ program, verdict: verify(program) });
    if (told === undefined) expect(witness).toBeUndefined();
    else
      expect([witness?.fault !== undefined, witness?.packet && "packet", told]).toEqual([
        true,
        told === "packet" ? "packet" : undefined,
        told,
      ]);
  });

  test("kernel functions are listed by their names", () => {
    const program = specOf(C_PROGRAMS.find(({ name }) => name === "iterator-not-begun")!);
    const text = String(renderVerdict({ program, verdict: verify(program) })["text/plain"]);
    expect(text).toContain("call bpf_iter_num_next#");
    expect(text).toContain("call bpf_iter_num_destroy#");
    expect(text).not.toContain("kernel-function");
  });

  test("the comparison that told how long a packet is", () => {
    expect(explained("packet-check-too-short").history.map(({ learned }) => learned)).toContainEqual(
      expect.stringMatching(/the packet's end: \d+ bytes are there$/),
    );
  });

  test("a license in C", () => {
    expect(explained("gpl-only").fixes[0].diff).toContain('SEC("license") = "GPL";');
  });

  test.each(C_PROGRAMS.filter(({ refused }) => refused && refused.errno !== "E2BIG"))(
    "$name: a cause without gaps, at a line of the source",
    (program) => {
      const explanation = explain(specOf(program))!;
      expect(`${explanation.cause} ${explanation.mend}`).not.toMatch(/\{|undefined|NaN/);
      if (explanation.line) expect(program.source).toContain(explanation.line.text.trim());
    },
  );
});

const folder = mkdtempSync(join(tmpdir(), "bpfbook-verifier-c-"));
afterAll(() => rmSync(folder, { recursive: true }));
const noClang = spawnSync("clang", ["--version"]).error !== undefined;

// BPFBOOK_UPDATE=1 compiles them anew into test/fixtures/verifier.
describe.skipIf(noClang)(`the objects are those of the sources${noClang ? " (skipped: clang is missing)" : ""}`, () => {
  test.each(C_PROGRAMS)("$name", (program) => {
    const update = process.env.BPFBOOK_UPDATE !== undefined;
    const out = join(update ? OBJECTS : folder, `${program.name}.bpf.o`);
    execFileSync("clang", [...CLANG_FLAGS, "-w", "-c", `${program.name}.bpf.c`, "-o", out], { cwd: SOURCES });
    const [fresh] = programSpecs(readFileSync(out), { name: program.name });
    const stored = specOf(program);
    expect(fresh.spec.lines?.map((line) => line?.text)).toEqual(stored.lines?.map((line) => line?.text));
    expect(toHex(encode(fresh.spec.insns))).toBe(toHex(encode(stored.insns)));
  });
});
