/** Callbacks, iterators and sections: the verdicts of Linux, which test/linux/typed.test.ts asks for the same programs. */
import { describe, expect, test } from "vitest";
import { verify } from "../../src/verifier/verify.ts";
import { TYPED_CASES } from "./typed-cases.ts";
import { SMALL_KERNEL, typedProgram } from "./typed-programs.ts";

describe("programs with types", () => {
  test.each(TYPED_CASES.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const verdict = verify(typedProgram(each, SMALL_KERNEL), { kernel: SMALL_KERNEL });
    expect(verdict.error).toBe(each.error);
    expect(verdict.errno).toBe(each.errno);
  });

  test("a kernel function without Linux's types is refused by name", () => {
    const program = typedProgram({ name: "", text: "call bpf_rcu_read_lock\nr0 = 0\nexit" }, SMALL_KERNEL);
    expect(verify(program, { kernel: undefined }).error).toBe(
      "bpfbook's verifier does not model kernel functions without Linux's BTF yet",
    );
  });

  test("a number that is no function of Linux", () => {
    const program = typedProgram({ name: "", text: "call bpf_rcu_read_lock\nr0 = 0\nexit" }, SMALL_KERNEL);
    const insns = program.insns.map((insn) => (insn.code === 0x85 ? { ...insn, imm: 1 } : insn));
    const verdict = verify({ ...program, insns }, { kernel: SMALL_KERNEL });
    expect(verdict.error).toBe("kernel btf_id 1 is not a function");
  });
});
