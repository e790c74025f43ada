import { describe, expect, test } from "vitest";
import { firstStates, lastPath, registerChanges } from "../../src/views/log-states.ts";
import { inWords } from "../../src/views/state-words.ts";
import { accepted, rejected } from "./fixtures.ts";

describe("the last path", () => {
  test("of a rejected program ends at the error", () => {
    expect(lastPath(rejected.log).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 6, 7, 8]);
  });

  test("drops the other side of a branch", () => {
    // 7 and 8 were on the side that was looked at first.
    expect(lastPath(accepted.log).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 9, 10]);
  });

  test("takes the latest visit of a loop's branch as where the path goes on", () => {
    const log = [
      "0: (b7) r1 = 0 ; R1_w=0",
      "1: (15) if r1 == 0x5 goto pc+2 ; R1_w=0",
      "2: (07) r1 += 1 ; R1_w=1",
      "1: (15) if r1 == 0x5 goto pc+2 ; R1_w=1",
      "3: (95) exit",
      "from 1 to 4: R1=5",
      "4: (95) exit",
    ].join("\n");
    expect(lastPath(log).map(({ index }) => index)).toEqual([0, 1, 2, 1, 1, 4]);
  });

  test("of an empty log is empty", () => expect(lastPath("")).toEqual([]));
});

describe("changes of a register", () => {
  test("are where it got another state", () => {
    expect(registerChanges(lastPath(rejected.log), "R2")).toEqual([
      { at: 0, register: "R2", value: "scalar()" },
      { at: 2, register: "R2", value: "fp0" },
      { at: 3, register: "R2", value: "fp-4" },
    ]);
  });

  test("keep semicolons and spaces inside of parentheses", () => {
    const path = lastPath("5: (71) r5 = *(u8 *)(r2 +23) ; R5_w=scalar(umax=255,var_off=(0x0; 0xff)) R6=1");
    expect(registerChanges(path, "R5")[0].value).toBe("scalar(umax=255,var_off=(0x0; 0xff))");
    expect(registerChanges(path, "R6")[0].value).toBe("1");
  });

  test("do not mistake R1 for R10", () => {
    expect(registerChanges(lastPath(rejected.log), "R10")).toEqual([{ at: 1, register: "R10", value: "fp0" }]);
  });
});

describe("first states", () => {
  test("are only what is new, without marks", () => {
    const known = firstStates(accepted.log);
    expect(known.get(0)).toEqual({ first: ["R2=pkt(r=0)"], varies: false });
    expect(known.get(2)?.first).toEqual(["R4=pkt(r=0)"]);
    expect(known.get(9)?.first).toEqual(["R0=2"]);
    expect(known.get(5)?.first).toEqual(["R2=pkt(r=34)", "R5=scalar(umax=255)"]);
    expect(known.has(8)).toBe(false);
  });

  test("start anew from a branch's state", () => {
    const log = "0: (b7) r0 = 1 ; R0_w=1\nfrom 0 to 2: R0_w=7\n2: (bf) r1 = r0 ; R0=7 R1_w=7";
    expect(firstStates(log).get(2)?.first).toEqual(["R1=7"]);
  });

  test("say where a later visit found something else, not where only a number or mark differs", () => {
    const log = [
      "0: R1=ctx() R10=fp0",
      "0: (b7) r7 = 0 ; R7_w=0",
      "1: (07) r7 += 1 ; R7_w=1",
      "2: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(id=1,map=m)",
      "1: (07) r7 += 1 ; R7_w=P2",
      "2: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(id=2,map=m)",
      "0: (b7) r7 = 0 ; R7_w=P0",
    ].join("\n");
    expect([...firstStates(log)].map(([index, { varies }]) => [index, varies])).toEqual([
      [0, false],
      [1, true],
      [2, false],
    ]);
  });

  test("take a state on a line of its own as that of the step before", () => {
    const log =
      "0: R1=ctx()\n0: (15) if r1 == 0x5 goto pc+1\nmark_precise: frame0: ...\n0: R1=5\n1: (bf) r2 = r1 ; R1=5 R2=5";
    expect(firstStates(log).get(0)?.first).toEqual(["R1=5"]);
    expect(firstStates(log).get(1)?.first).toEqual(["R2=5"]);
  });
});

test.each([
  ["map_value_or_null(id=1,map=sizes,ks=4,vs=8)", "a map value, or NULL: not tested yet"],
  ["map_value(map=sizes,ks=4,vs=8)", "a map value"],
  ["sock_or_null(id=3,ref_obj_id=3)", "a pointer, or NULL: not tested yet"],
  ["pkt(r=0)", "a place in the packet, no byte of it checked against the end"],
  ["pkt(off=14,r=34)", "a place in the packet"],
  ["pkt_end()", "the end of the packet"],
  ["fp-8", "a place in the stack"],
  ["scalar()", "any number"],
  ["scalar(umax=255)", "a number within bounds"],
  ["-1", "a known number"],
  ["dynptr_ptr()", undefined],
])("%s in words", (state, words) => expect(inWords(state)).toBe(words));
