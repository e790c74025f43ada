import type { Condition, Operation } from "../operation.ts";
import type { FrameBuilder } from "./frame.ts";

const COMPARE = {
  eq: "eq",
  ne: "ne",
  gt: "gt_u",
  ge: "ge_u",
  lt: "lt_u",
  le: "le_u",
  sgt: "gt_s",
  sge: "ge_s",
  slt: "lt_s",
  sle: "le_s",
} as const;

const OPPOSITE: Readonly<Record<keyof typeof COMPARE, keyof typeof COMPARE>> = {
  eq: "ne",
  ne: "eq",
  gt: "le",
  ge: "lt",
  lt: "ge",
  le: "gt",
  sgt: "sle",
  sge: "slt",
  slt: "sge",
  sle: "sgt",
};

/** Pushes an i32: whether the branch is taken; or, if `negated`, whether it is not. */
export function emitCondition(
  frame: FrameBuilder,
  { condition, wide, left, right }: Operation & { kind: "branch" },
  negated: boolean,
): void {
  const { f } = frame;
  const type = wide ? "i64" : "i32";
  if (wide) frame.get(left);
  else frame.getLow(left);
  if ("register" in right) {
    if (wide) frame.get(right.register);
    else frame.getLow(right.register);
  } else if (wide) f.i64(right.constant);
  else f.i32(Number(BigInt.asIntN(32, right.constant)));
  if (condition === "set") {
    f.op(`${type}.and`, `${type}.eqz`);
    if (!negated) f.op("i32.eqz");
    return;
  }
  f.op(`${type}.${COMPARE[negated ? opposite(condition) : condition]}`);
}

function opposite(condition: Exclude<Condition, "set">): keyof typeof COMPARE {
  return OPPOSITE[condition];
}
