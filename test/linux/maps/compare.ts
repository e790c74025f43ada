/** One map on Linux and the same map here, driven by the same operations through bpf(2) and through its face of ours. */
import fc from "fast-check";
import { expect } from "vitest";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { BareMap, type Outcome } from "../../maps/bare-map.ts";
import { type Operation, operations } from "../../maps/operations.ts";
import { close, mapCreate, mapDelete, mapLookup, mapNextKey, mapUpdate } from "../bpf.ts";

/** The same operation on Linux's map and on ours. */
export function both(fd: number, ours: BareMap, operation: Operation): [linux: Outcome, book: Outcome] {
  const { keySize } = ours.runtime.spec;
  switch (operation.op) {
    case "first":
      return [mapNextKey(fd, undefined, keySize), ours.nextKey(undefined)];
    case "next":
      return [mapNextKey(fd, operation.key, keySize), ours.nextKey(operation.key)];
    case "lookup":
      return [mapLookup(fd, operation.key, ours.runtime.userValueSize), ours.lookup(operation.key)];
    case "delete":
      return [mapDelete(fd, operation.key), ours.delete(operation.key)];
    case "update":
      return [
        mapUpdate(fd, operation.key, operation.value, operation.flags),
        ours.update(operation.key, operation.value, operation.flags),
      ];
  }
}

/** All elements of Linux's map in its order. */
export function dump(fd: number, { runtime }: BareMap): [Uint8Array, Uint8Array][] {
  const { keySize } = runtime.spec;
  const elements: [Uint8Array, Uint8Array][] = [];
  for (let next = mapNextKey(fd, undefined, keySize); next.ok; next = mapNextKey(fd, next.key, keySize))
    elements.push([next.key!, mapLookup(fd, next.key!, runtime.userValueSize).value!]);
  return elements;
}

/** Random sequences of operations on fresh maps: every answer and the contents afterwards must be the same. */
export function compare(
  spec: MapSpec,
  keys: fc.Arbitrary<Uint8Array>,
  { skew = 0, runs = 30 }: { skew?: number; runs?: number } = {},
): void {
  const { userValueSize } = new BareMap(spec).runtime;
  fc.assert(
    fc.property(operations(keys, userValueSize), (sequence) => {
      const { ok, fd, errno } = mapCreate(spec);
      expect({ ok, errno }).toEqual({ ok: true });
      try {
        const ours = new BareMap(spec, skew);
        for (const operation of sequence) {
          const [linux, book] = both(fd, ours, operation);
          expect(book).toEqual(linux);
        }
        expect(ours.dump()).toEqual(dump(fd, ours));
      } finally {
        close(fd);
      }
    }),
    { numRuns: process.env.BPFBOOK_NIGHT ? 20 * runs : runs },
  );
}
