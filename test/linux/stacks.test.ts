import { describe, expect, test } from "vitest";
import { createMap } from "../../src/maps/create.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { BareHost } from "../helpers/bare-host.ts";
import {
  available,
  close,
  mapCreate,
  mapDelete,
  mapLookup,
  mapNextKey,
  mapUpdate,
  progLoad,
  progTestRun,
  suiteName,
} from "./bpf.ts";
import { call, EXIT, load, move, program, wide } from "./slots.ts";

const DEPTH = 5;
const SPEC: MapSpec = { type: "stack_trace", name: "s", keySize: 4, valueSize: 8 * DEPTH, maxEntries: 6, flags: 0 };
const key = (id: number): Uint8Array => new Uint8Array(new Uint32Array([id]).buffer);

/** The words of a stack, without the zeros that fill it up. */
function words(value: Uint8Array): number[] {
  const all = [...new Int32Array(value.slice().buffer)];
  while (all.length > 0 && all.at(-1) === 0 && all.at(-2) === 0) all.splice(-2);
  return all;
}

/**
 * Linux's map, filled by a raw tracepoint program that runs inside bpf(2) itself. It takes the flags from a map, so all
 * stacks come from one place and differ only in what the flags say.
 */
class LinuxStacks {
  readonly stacks = mapCreate(SPEC).fd;
  readonly flags = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1 }).fd;
  readonly program = progLoad({
    type: "raw_tracepoint",
    insns: program([move(6, 1), ...wide(2, 1, 2), load(8, 3, 2, 0), move(1, 6), ...wide(2, 0, 1), call(27), EXIT]),
    mapFds: [this.stacks, this.flags],
  }).fd;

  /** What `bpf_get_stackid` returns. */
  put(flags: bigint): number {
    mapUpdate(this.flags, key(0), new Uint8Array(new BigUint64Array([flags]).buffer));
    const run = progTestRun(this.program, { ctx: new Uint8Array(96), ctxOut: false, repeat: 0 });
    expect(run.errno).toBeUndefined();
    return run.retval | 0;
  }

  at(id: number): number[] {
    return words(mapLookup(this.stacks, key(id), SPEC.valueSize).value!);
  }

  clear(): void {
    for (let next = mapNextKey(this.stacks, undefined, 4); next.ok; next = mapNextKey(this.stacks, undefined, 4))
      mapDelete(this.stacks, next.key!);
  }

  /** The whole stack, put together from pieces that skip more and more. */
  whole(kind: bigint): number[] {
    const all: number[] = [];
    for (let skip = 0n; skip < 127n; skip += BigInt(DEPTH)) {
      this.clear();
      const id = this.put(kind | skip);
      if (id < 0) break;
      all.push(...this.at(id));
    }
    this.clear();
    return all;
  }

  close(): void {
    for (const fd of [this.stacks, this.flags, this.program]) close(fd);
  }
}

describe.skipIf(!available)(suiteName("stacks against the running Linux"), () => {
  test("ids, errors and contents for all kinds of flags, in one sequence", () => {
    const linux = new LinuxStacks();
    const host = new BareHost();
    const ours = createMap(host.memory, 0, SPEC);
    host.maps.push(ours);
    host.stacks = { kernel: linux.whole(0n), user: linux.whole(256n) };
    expect(host.stacks.kernel.length / 2).toBeGreaterThan(DEPTH);

    const skips = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 60, 126, 127, 255].map(BigInt);
    const kinds = [0n, 0n, 1024n, 0n, 512n, 512n | 1024n, 256n, 256n | 1024n, 256n | 512n, 2048n, 4096n, 1n << 32n, 0n];
    for (const kind of kinds) {
      for (const skip of skips) {
        const flags = kind | skip;
        const theirs = linux.put(flags);
        const half = (shift: bigint): number => Number(BigInt.asIntN(32, flags >> shift));
        const id = host.call("get_stackid", 0, ours.header, half(0n), half(32n));
        expect({ flags, id }).toEqual({ flags, id: theirs });
        if (id < 0) continue;
        const at = host.memory.allocate(4);
        host.memory.u32[at >> 2] = id;
        const value = ours.lookup(at);
        expect(words(host.memory.u8.slice(value, value + SPEC.valueSize))).toEqual(linux.at(id));
      }
    }
    linux.close();
  });
});
