import { describe, expect, test } from "vitest";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { BareMap } from "../../maps/bare-map.ts";
import { prefixes } from "../../maps/operations.ts";
import { available, suiteName } from "../bpf.ts";
import { compare } from "./compare.ts";

describe.skipIf(!available)(suiteName("LPM tries against the running Linux"), () => {
  test.each([
    [1, 8, 40, 0],
    [4, 4, 5, 0],
    [4, 4, 100, 3],
    [16, 8, 20, 1],
    [3, 1, 6, 2],
  ])("%i bytes of data: results, errno, contents, postorder", (dataSize, valueSize, maxEntries, skew) => {
    const spec: MapSpec = { type: "lpm_trie", name: "t", keySize: 4 + dataSize, valueSize, maxEntries, flags: 1 };
    compare(spec, prefixes(dataSize), { skew, runs: 120 });
    expect(new BareMap(spec).runtime.size).toBe(0);
  });
});
