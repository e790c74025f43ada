/** Maps whose values have special fields, under the commands of bpf(2), beside the running Linux. */
import { describe, expect, test } from "vitest";
import { MapCommands } from "../../../src/maps/commands.ts";
import { createMap } from "../../../src/maps/create.ts";
import { ERRNO } from "../../../src/maps/errno.ts";
import type { MapType } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import { mapOf, VALUE_BTF, type ValueType } from "../../verifier/value-types.ts";
import { available, btfLoad, mapCreate, mapLookup, mapLookupAndDelete, mapUpdate, suiteName } from "../bpf.ts";

const nameOf = (result: number): string =>
  Object.entries(ERRNO).find(([, number]) => number === -result)?.[0] ?? `${result}`;
const answer = (errno: string | undefined, value?: Uint8Array): string =>
  errno ?? (value === undefined ? "done" : Buffer.from(value).toString("hex"));

describe.skipIf(!available)(suiteName("special fields under bpf(2)"), () => {
  const btfFd = available ? btfLoad(VALUE_BTF.bytes).fd : -1;

  test.each<[MapType, ValueType]>([
    ["array", "locked"],
    ["hash", "locked"],
    ["hash", "nested"],
    ["array", "plain"],
    ["hash", "plain"],
    ["array", "timed"],
    ["hash", "timed"],
    ["lru_hash", "timed"],
    ["array", "resilient"],
    ["hash", "pointing"],
  ])("%s of %s values", (type, value) => {
    const { btf, ...plain } = mapOf(type, "special", value);
    const { fd } = mapCreate({ ...plain, btfFd, btfKeyType: btf!.keyType, btfValueType: btf!.valueType });
    const ours = new MapCommands(createMap(new LinearMemory(), 0, { ...plain, btf: btf! }));
    const key = new Uint8Array(4);
    const bytes = Uint8Array.from({ length: plain.valueSize }, (_, at) => at + 1);
    for (const flags of [4, 6, 0, 4, 6, 5, 7, 1, 2]) {
      const result = ours.update(key, bytes, flags);
      const linux = mapUpdate(fd, key, bytes, flags);
      expect(`update ${flags}: ${result === 0 ? "done" : nameOf(result)}`).toBe(
        `update ${flags}: ${answer(linux.errno)}`,
      );
      for (const asked of [0, 4]) {
        const seen = ours.lookup(key, asked);
        const there = mapLookup(fd, key, plain.valueSize, BigInt(asked));
        const mine = answer(seen.result < 0 ? nameOf(seen.result) : undefined, seen.value);
        expect(`lookup ${asked}: ${mine}`).toBe(`lookup ${asked}: ${answer(there.errno, there.value)}`);
      }
      bytes[plain.valueSize - 1]++;
    }
    for (const asked of [4, 0]) {
      const taken = ours.lookupAndDelete(key, asked);
      const linux = mapLookupAndDelete(fd, key, plain.valueSize, BigInt(asked));
      const mine = answer(taken.result < 0 ? nameOf(taken.result) : undefined, taken.value);
      expect(`take ${asked}: ${mine}`).toBe(`take ${asked}: ${answer(linux.errno, linux.value)}`);
    }
  });
});
