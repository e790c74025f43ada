/** Maps with types before the running Linux: which types of maps may have which fields in their values, and what types must fit. */
import { describe, expect, test } from "vitest";
import { checkMap } from "../../src/maps/create.ts";
import { MapError } from "../../src/maps/error.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import type { MapSpec, MapType } from "../../src/maps/spec.ts";
import { INT_TYPE, mapOf, VALUE_BTF, VALUE_TYPES, type ValueType } from "../verifier/value-types.ts";
import { available, btfLoad, close, mapCreate, suiteName } from "./bpf.ts";

const TYPES: readonly MapType[] = [
  "array",
  "hash",
  "lru_hash",
  "percpu_array",
  "percpu_hash",
  "lru_percpu_hash",
  "sk_storage",
  "task_storage",
];

function ours(spec: MapSpec): string {
  try {
    checkMap(spec);
    return "made";
  } catch (cause) {
    return cause instanceof MapError ? cause.errno : String(cause);
  }
}

describe.skipIf(!available)(suiteName("maps with BTF"), () => {
  const btfFd = available ? btfLoad(VALUE_BTF.bytes).fd : -1;

  const linux = ({ btf, ...spec }: MapSpec): string => {
    const made = mapCreate({ ...spec, btfFd, btfKeyType: btf!.keyType, btfValueType: btf!.valueType });
    if (made.ok) close(made.fd);
    return made.errno ?? "made";
  };

  // Which of its own structures Linux can release it does not tell: the verifier knows, and maps here do not.
  const told = (Object.keys(VALUE_TYPES) as ValueType[]).filter((value) => value !== "unreleasable");
  test.each(told)("values of type %s in each type of map", (value) => {
    for (const type of TYPES) {
      const storage = /storage/.test(type);
      const spec = mapOf(type, "typed", value, storage ? { maxEntries: 0, flags: MAP_FLAGS.NO_PREALLOC } : {});
      expect(`${type}: ${ours(spec)}`).toBe(`${type}: ${linux(spec)}`);
      const readOnly = { ...spec, flags: spec.flags | MAP_FLAGS.RDONLY_PROG };
      expect(`${type}, read-only: ${ours(readOnly)}`).toBe(`${type}, read-only: ${linux(readOnly)}`);
    }
  });

  test.each<[string, Partial<MapSpec>]>([
    ["no type of the key", { btf: { btf: VALUE_BTF, keyType: 0, valueType: VALUE_TYPES.locked } }],
    ["no type of the value", { btf: { btf: VALUE_BTF, keyType: INT_TYPE, valueType: 0 } }],
    ["no types", { btf: { btf: VALUE_BTF, keyType: 0, valueType: 0 } }],
    ["a type that does not exist", { btf: { btf: VALUE_BTF, keyType: INT_TYPE, valueType: 9999 } }],
    ["a value of another size", { valueSize: 24 }],
    ["a key of another size", { type: "hash", keySize: 8 }],
    ["a key of another type", { btf: { btf: VALUE_BTF, keyType: 3, valueType: VALUE_TYPES.locked } }],
    [
      "a key of another type of a hash",
      { type: "hash", btf: { btf: VALUE_BTF, keyType: 3, valueType: VALUE_TYPES.locked } },
    ],
  ])("%s", (_, more) => {
    const spec = mapOf("array", "typed", "locked", more);
    expect(ours(spec)).toBe(linux(spec));
  });
});
