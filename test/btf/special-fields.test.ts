import { describe, expect, test } from "vitest";
import { specialFields } from "../../src/btf/special-fields.ts";
import { VALUE_BTF, VALUE_TYPES, type ValueType } from "../verifier/value-types.ts";

const fieldsOf = (value: ValueType): string | string[] => {
  const found = specialFields(VALUE_BTF, VALUE_TYPES[value]);
  return typeof found === "string" ? found : found.map(({ kind, offset, size }) => `${kind} ${offset}+${size}`);
};

describe("special fields of a value", () => {
  test.each<[ValueType, string | string[]]>([
    ["plain", []],
    ["locked", ["bpf_spin_lock 0+4"]],
    ["nested", ["bpf_spin_lock 12+4"]],
    ["resilient", ["bpf_res_spin_lock 0+4"]],
    ["timed", ["bpf_timer 8+16"]],
    ["timedAndLocked", ["bpf_timer 0+16", "bpf_spin_lock 16+4"]],
    ["pointing", ["kptr 0+8"]],
    ["pointingArray", ["kptr 8+8", "kptr 16+8", "kptr 32+8", "kptr 40+8"]],
    ["misaligned", []],
    ["twoTimers", "E2BIG"],
    ["timerArray", "EINVAL"],
    ["unknownTag", "EINVAL"],
    ["number", "EINVAL"],
  ])("%s", (value, expected) => {
    expect(fieldsOf(value)).toEqual(expected);
  });
});
