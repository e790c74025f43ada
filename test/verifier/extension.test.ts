/**
 * Programs that replace a function of another one (`freplace`). The Linux that the other tests ask loads none (EPERM), so the
 * messages are those of `bpf_check_attach_target` and `btf_check_type_match` of Linux 6.18, taken from its behaviour as documented.
 */
import { describe, expect, test } from "vitest";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { type VerifyOptions, verify } from "../../src/verifier/verify.ts";
import { SMALL_KERNEL, type TypedText, typedProgram } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";
/** An XDP program that returns what its function `f1` makes of 3. */
const TARGET: TypedText = {
  ...{ name: "", type: "xdp", text: "r1 = 3\n call f\n exit\nf: r0 = r1\n r0 += 1\n exit" },
  ...{ functions: ["f"], linkage: "global", signatures: ["int -> int"] },
};

const program = (text: TypedText): ProgramSpec => typedProgram(text, SMALL_KERNEL, []);

/** A program whose main function is the global function `f1` with a signature. */
function extension(text: string, signature: string, more: Partial<TypedText> = {}): ProgramSpec {
  const whole = program({
    ...{ name: "", type: "xdp", text: `call f\n exit\nf: ${text}` },
    ...{ functions: ["f"], linkage: "global", signatures: [signature], ...more },
  });
  const start = whole.functions![1].insn;
  const functions = whole.functions!.slice(1).map(({ insn, type }) => ({ insn: insn - start, type }));
  return { ...whole, type: "ext", name: "replacement", insns: whole.insns.slice(start), functions };
}

const of = (target: TypedText | ProgramSpec, replacement: ProgramSpec, name: number | string = "f1"): ProgramSpec => ({
  ...replacement,
  ...{ attachProgram: "insns" in target ? target : program(target), attachBtfId: name },
});

const verdict = (spec: ProgramSpec, options: VerifyOptions = {}) => verify(spec, { kernel: SMALL_KERNEL, ...options });
const refused = (spec: ProgramSpec, options?: VerifyOptions): readonly [string | undefined, string | undefined] => {
  const { errno, error } = verdict(spec, options);
  return [errno, error];
};

describe("extensions", () => {
  const good = extension("r0 = r1\n r0 += 100\n exit", "int -> int");

  test("a function of numbers", () => {
    const { ok, log } = verdict(of(TARGET, good), { logLevel: 2 });
    expect(ok).toBe(true);
    expect(log).toMatch(/\nValidating f1\(\) func#0\.\.\.\n/);
  });

  test("the whole program: context, helpers and packet are the other one's", () => {
    const text =
      "r2 = *(u32 *)(r1 + 4)\n r3 = *(u32 *)(r1 + 0)\n r4 = r3\n r4 += 14\n if r4 > r2 goto +1\n r0 = *(u8 *)(r3 + 12)";
    const whole = extension(`r0 = 0\n ${text}\n r1 = 0\n r0 = 2\n exit`, "ctx -> int");
    expect(verdict(of(TARGET, whole, "main")).ok).toBe(true);
    const adjusts = extension("r2 = 0\n call xdp_adjust_head\n r0 = 2\n exit", "ctx -> int");
    expect(refused(of(TARGET, adjusts, "main"))).toEqual([
      "EINVAL",
      "Extension program changes packet data, while original does not",
    ]);
    const both = { ...TARGET, text: `r2 = 0\n call xdp_adjust_head\n r1 = 3\n call f\n exit\nf: r0 = 1\n exit` };
    expect(verdict(of(both, adjusts, "main")).ok).toBe(true);
  });

  test("it is called with anything: arguments are unknown numbers", () => {
    const indexes = extension("r2 = r10\n r2 += r1\n r0 = *(u8 *)(r2 - 8)\n exit", "int -> int");
    expect(refused(of(TARGET, indexes))[1]).toMatch(/unbounded min value/);
  });

  test.each<[string, string, ProgramSpec]>([
    ["fewer arguments", "f1() has 0 args while f1() has 1 args", of(TARGET, extension(RETURN, "-> int"))],
    ["another kind of argument", "arg0 in f1() is PTR while f1() has INT", of(TARGET, extension(RETURN, "ctx -> int"))],
    [
      "no result",
      "Return type UNKNOWN of f1() doesn't match type INT of f1()",
      of(TARGET, extension(RETURN, "int -> void")),
    ],
    [
      "another structure",
      "arg0 f1(struct sixteen *) doesn't match main(struct xdp_md *)",
      of(TARGET, extension(RETURN, "mem -> int"), "main"),
    ],
    [
      "a pointer to a number",
      "arg0 in f1() is not a pointer to context",
      of(TARGET, extension(RETURN, "int* -> int"), "main"),
    ],
    ["a static function", "f1() is not a global function", of({ ...TARGET, linkage: "static" }, good)],
    [
      "a static function that is called with what does not fit",
      "Cannot replace static functions",
      of(
        { ...TARGET, linkage: "static", text: TARGET.text.replace("r1 = 3", "r1 = r10").replace("r0 = r1", "r0 = 1") },
        good,
      ),
    ],
    [
      "a static replacement",
      "f1() is not a global function",
      of(TARGET, extension(RETURN, "int -> int", { linkage: "static" })),
    ],
    ["no such function", "other is not found in prog's BTF", of(TARGET, good, "other")],
    ["no such type", "attach_btf_id 999 is invalid", of(TARGET, good, 999)],
    ["a type that is no function", "Subprog int doesn't exist", of(TARGET, good, 1)],
    [
      "a function that nothing calls",
      "Subprog f2 doesn't exist",
      of(
        {
          ...TARGET,
          text: `${TARGET.text.replace("call f\n", "if r1 != 3 goto dead\n call f\n exit\n dead: call g\n")}\ng: ${RETURN}`,
          ...{ functions: ["f", "g"], signatures: ["int -> int", "int -> int"] },
        },
        good,
        "f2",
      ),
    ],
    ["nothing said", "Tracing programs must provide btf_id", { ...good, attachProgram: program(TARGET) }],
    ["a function of Linux", "Cannot replace kernel functions", { ...good, attachBtfId: 1 }],
    [
      "a target without types",
      "Tracing program can only be attached to another program annotated with BTF",
      of({ ...TARGET, text: RETURN, functions: undefined }, good, 1),
    ],
    [
      "a replacement without types",
      "Program extension requires BTF",
      { ...of(TARGET, good), btf: undefined, functions: undefined },
    ],
    ["an extension of an extension", "Cannot recursively attach", of(of(TARGET, good), good)],
  ])("%s", (_, error, spec) => {
    expect(refused(spec)).toEqual([error.includes("is not found") ? "ENOENT" : "EINVAL", error]);
  });

  test("the results of the other program's type are its own: a subprogram's replacement too", () => {
    const cgroup: TypedText = {
      ...TARGET,
      type: "cgroup_sock_addr",
      text: "r1 = 3\n call f\n r0 = 1\n exit\nf: r0 = 1\n exit",
    };
    const target = { ...program(cgroup), expectedAttachType: "cgroup_inet4_connect" } as const;
    expect(refused(of(target, extension("r0 = 5\n exit", "int -> int")))[1]).toBe(
      "At program exit the register R0 has smin=5 smax=5 should have been in [0, 1]",
    );
  });

  test("only for machines that compile, and programs that Linux takes", () => {
    expect(refused(of(TARGET, good), { compiles: false })[1]).toBe("Extension programs should be JITed");
    expect(refused(of({ ...TARGET, text: TARGET.text.replace("r0 = r1\n", "") }, good))[0]).toBe("EBADF");
    expect(refused({ ...good, type: "xdp", attachProgram: program(TARGET) })[0]).toBe("EINVAL");
  });
});
