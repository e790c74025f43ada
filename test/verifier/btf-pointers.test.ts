/** Typed contexts and pointers to Linux's structures, with the types of the machine; beside Linux in test/linux/typed.test.ts. */
import { describe, expect, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { verify } from "../../src/verifier/verify.ts";
import { KERNEL_CASES } from "./kernel-cases.ts";
import { messageOf, typedProgram } from "./typed-programs.ts";

const kernel = machineBtf("6.18");
const returns0 = "r0 = 0\nexit";

describe("typed contexts and pointers to structures", () => {
  test.each(KERNEL_CASES.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const verdict = verify(typedProgram(each, kernel), { kernel });
    expect(verdict.error).toBe(messageOf(each, kernel));
    expect(verdict.errno).toBe(each.errno);
  });

  test("a target by name, and Linux's types only when they are needed", () => {
    const plain = typedProgram({ name: "", type: "tracing", text: `r1 = *(u64 *)(r1 + 8)\n${returns0}` }, kernel);
    let asked = 0;
    const lazily = (): typeof kernel => {
      asked++;
      return kernel;
    };
    expect(verify({ ...plain, type: "socket_filter", insns: plain.insns.slice(1) }, { kernel: lazily }).ok).toBe(true);
    expect(asked).toBe(0);
    const attached = { ...plain, expectedAttachType: "trace_raw_tp", attachBtfId: "sched_switch" } as const;
    expect(verify(attached, { kernel: lazily }).ok).toBe(true);
    expect(asked).toBeGreaterThan(0);
    expect(verify({ ...attached, attachBtfId: "no_such" }, { kernel }).error).toBe(
      "failed to find kernel BTF type ID of 'btf_trace_no_such'",
    );
    expect(verify(attached, { kernel: undefined }).error).toMatch(/without Linux's BTF/);
    expect(verify(attached).ok).toBe(true);
  });

  test.each([
    ["trace_fentry", "do_unlinkat", 8, returns0, undefined],
    ["trace_fentry", "do_unlinkat", 16, returns0, "invalid bpf_context access off=16 size=8"],
    ["trace_fexit", "do_unlinkat", 16, returns0, undefined],
    ["trace_fentry", "do_unlinkat", 0, "r0 = 1\nexit", /should have been in \[0, 0\]/],
    ["modify_return", "do_unlinkat", 0, returns0, "do_unlinkat() is not modifiable"],
    ["modify_return", "security_file_open", 8, "r0 = -1\nexit", undefined],
    ["lsm_mac", "file_open", 8, "r0 = -1\nexit", undefined],
    ["lsm_mac", "file_open", 8, "r0 = 1\nexit", /should have been in \[-4095, 0\]/],
    ["lsm_mac", "is_sleepable_hook", 0, returns0, /points to wrong type name bpf_lsm_is_sleepable_hook/],
  ] as const)("%s of %s, offset %d: not in Linux's hands here, its rules", (attach, to, offset, end, error) => {
    const text = `r2 = *(u64 *)(r1 + ${offset})\n${end}`;
    const type = attach === "lsm_mac" ? "lsm" : "tracing";
    const plain = typedProgram({ name: "", type, text }, kernel);
    const verdict = verify({ ...plain, expectedAttachType: attach, attachBtfId: to }, { kernel });
    if (error instanceof RegExp) expect(verdict.error).toMatch(error);
    else expect(verdict.error).toBe(error);
  });
});
