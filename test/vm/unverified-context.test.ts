import { describe, expect, test } from "vitest";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { ExecutionError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { assembleText, bareEnvironment } from "./support.ts";

const PACKET = Uint8Array.from({ length: 60 }, (_, i) => i + 1);

describe.each(Object.entries({ jit, interpret }))("an unverified program of a real type: %s", (_, engine) => {
  const { host, environment } = bareEnvironment();

  function run(type: ProgramType, text: string): { retval: number; packet: Uint8Array } {
    const spec: ProgramSpec = { type, name: "test", insns: assembleText(text), maps: [], license: "GPL" };
    const frame = prepareTestRun(host.memory, type, { data: PACKET });
    const retval = engine(unverified(spec), environment, [], { budget: 1000 }).run(frame.context);
    return { retval, packet: frame.dataOut() };
  }

  test("reads and writes the packet through the pointers that its context holds", () => {
    const { retval, packet } = run(
      "xdp",
      "r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr3 -= r2\n*(u8 *)(r2 + 5) = 77\nr0 = r3\nexit",
    );
    expect(retval).toBe(60);
    expect(packet[5]).toBe(77);
  });

  test("fields that Linux converts have the values that it gives them", () => {
    expect(run("sched_cls", "r0 = *(u32 *)(r1 + 0)\nexit").retval).toBe(60);
    expect(run("sched_cls", "r0 = *(u16 *)(r1 + 0)\nexit").retval).toBe(60);
    expect(run("sched_cls", "*(u32 *)(r1 + 8) = 9\nr0 = *(u32 *)(r1 + 8)\nexit").retval).toBe(9);
  });

  test("copies of r1 are followed: through registers, constants, calls and subprograms", () => {
    const text = `
        r6 = r1
        r6 += 8
        call get_prandom_u32
        r7 = *(u32 *)(r6 - 8)
        r1 = r6
        call length
        r0 += r7
        exit
      length:
        r1 += -8
        r0 = *(u32 *)(r1 + 0)
        exit`;
    expect(run("sched_cls", text).retval).toBe(120);
  });

  test("LD_ABS loads from the packet, and ends the program outside of it", () => {
    expect(run("socket_filter", "r6 = r1\nr0 = *(u16 *)skb[0]\nexit").retval).toBe(15 * 256 + 16);
    expect(run("socket_filter", "r6 = r1\nr0 = *(u8 *)skb[46]\nr0 = 5\nexit").retval).toBe(0);
  });

  test.each([
    [
      "past the packet",
      "r2 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 60)\nexit",
      1,
      /right at the end of the packet \(60 bytes/,
    ],
    [
      "a field that is none",
      "r0 = *(u32 *)(r1 + 12)\nr0 = *(u64 *)(r1 + 8)\nexit",
      1,
      /lie 8 bytes into the context: struct xdp_md/,
    ],
    ["a read-only field", "*(u32 *)(r1 + 0) = 1\nexit", 0, /lie 0 bytes into the context/],
    [
      "a base that differs by path",
      "r2 = r1\nif r1 == 5 goto +1\nr2 = r10\nr0 = *(u32 *)(r2 + 0)\nexit",
      3,
      /end of the stack/,
    ],
    ["an endless loop", "goto -1\nexit", 0, /did not end within 1000/],
  ])("%s is an error", (_name, text, at, message) => {
    const failure = (() => {
      try {
        run("xdp", text);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(ExecutionError);
    expect((failure as ExecutionError).at).toBe(at);
    expect((failure as ExecutionError).message).toMatch(message);
  });
});
