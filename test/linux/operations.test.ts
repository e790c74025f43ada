/** Programs for the operations that Linux tests itself with (`bpf_dummy_ops`): verdict, message and log as Linux's. */
import { describe, expect, test } from "vitest";
import { typedProgram } from "../verifier/typed-programs.ts";
import { available, suiteName } from "./bpf.ts";
import { comparable, compare, KERNEL } from "./verifier-compare.ts";

const RETURN = "r0 = 0\n exit";
const STATE = "r1 = *(u64 *)(r1 + 0)";

const PROGRAMS: readonly (readonly [name: string, member: string, text: string, sleepable?: true])[] = [
  ["a state that may be missing", "test_1", `${STATE}\n r0 = *(u32 *)(r1 + 0)\n exit`],
  [
    "a state that is there",
    "test_1",
    `${STATE}\n if r1 == 0 goto +2\n r0 = *(u32 *)(r1 + 0)\n *(u32 *)(r1 + 0) = 5\n ${RETURN}`,
  ],
  ["a store beyond the state", "test_1", `${STATE}\n if r1 == 0 goto +1\n *(u64 *)(r1 + 0) = 5\n ${RETURN}`],
  ["a store across its end", "test_1", `${STATE}\n if r1 == 0 goto +1\n *(u32 *)(r1 + 2) = 5\n ${RETURN}`],
  ["a state that is never missing", "test_2", `${STATE}\n *(u32 *)(r1 + 0) = 5\n ${RETURN}`],
  [
    "numbers of all sizes",
    "test_2",
    `r2 = *(u32 *)(r1 + 8)\n r3 = *(u16 *)(r1 + 16)\n r3 = *(u8 *)(r1 + 24)\n r3 = *(u64 *)(r1 + 32)\n ${RETURN}`,
  ],
  ["behind the arguments", "test_2", `r3 = *(u64 *)(r1 + 40)\n ${RETURN}`],
  ["an address as result", "test_2", "r0 = *(u64 *)(r1 + 0)\n exit"],
  [
    "another structure is written",
    "test_1",
    "r1 = 1\n call bpf_task_from_pid\n if r0 == 0 goto +4\n r6 = r0\n *(u32 *)(r6 + 0) = 1\n r1 = r6\n call bpf_task_release\n r0 = 0\n exit",
  ],
  ["a helper", "test_1", "call get_prandom_u32\n exit"],
  ["a section", "test_1", `call bpf_rcu_read_lock\n call bpf_rcu_read_unlock\n ${RETURN}`],
  ["one that may wait", "test_sleepable", RETURN, true],
  ["one that may wait, and does not", "test_sleepable", RETURN],
  ["one that may not wait", "test_1", RETURN, true],
];

describe.skipIf(!available || KERNEL?.byName("bpf_dummy_ops", "struct") === undefined)(
  suiteName("operations that Linux tests itself with"),
  () => {
    test.each(PROGRAMS.map((each) => [each[0], each] as const))("%s", (name, [, member, text, sleepable]) => {
      const attach = { to: "bpf_dummy_ops", member };
      const { linux, ours } = compare(
        typedProgram({ name, type: "struct_ops", attach, text, ...(sleepable ? { sleepable } : {}) }, KERNEL!),
      );
      expect([ours.ok, ours.errno, ours.error]).toEqual([linux.ok, linux.errno, linux.error]);
      expect(comparable(ours.log)).toBe(comparable(linux.log));
    });
  },
);
