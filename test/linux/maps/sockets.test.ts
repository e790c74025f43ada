/** Maps that hold sockets and cgroups, driven beside the same maps of the running Linux: results, errno, contents. */

import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import { createMap } from "../../../src/maps/create.ts";
import { ERRNO, errnoName } from "../../../src/maps/errno.ts";
import type { MapMachine } from "../../../src/maps/runtime.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import {
  available,
  close,
  mapCreate,
  mapDelete,
  mapLookup,
  mapNextKey,
  mapUpdate,
  openSocket,
  suiteName,
} from "../bpf.ts";

const [AF_INET, STREAM, DGRAM] = [2, 1, 2];
const SYS = { bind: 49, listen: 50, setsockopt: 54 } as const;
const SO = { level: 1, reusePort: 15 } as const;

/** What a socket is: bound or not, listening, sharing its port. */
interface Kind {
  readonly fd: number;
  readonly tcp: boolean;
  readonly listens: boolean;
  readonly shares: boolean;
}

function sockets(): Kind[] {
  const syscall = koffi.load("libc.so.6").func("long syscall(long, long, long, long, uint64_t, long)");
  const block = koffi.alloc("uint8_t", 16);
  const bytes = new Uint8Array(koffi.view(block, 16));
  const address = koffi.address(block);
  const pointer = Number(address);
  const make = (tcp: boolean, bound: boolean, listens: boolean, shares: boolean): Kind => {
    const fd = openSocket(AF_INET, tcp ? STREAM : DGRAM);
    if (shares) {
      bytes.set([1, 0, 0, 0]);
      syscall(SYS.setsockopt, fd, SO.level, SO.reusePort, address, 4);
    }
    if (bound) {
      // Any free port of 127.0.0.1.
      bytes.set([AF_INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
      syscall(SYS.bind, fd, pointer, 16, 0, 0);
    }
    if (listens) syscall(SYS.listen, fd, 8, 0, 0, 0);
    return { fd, tcp, listens, shares: shares && (tcp ? listens : bound) };
  };
  return [
    make(true, true, true, false),
    make(true, true, true, true),
    make(true, false, false, false),
    make(false, true, false, false),
    make(false, true, false, true),
    make(false, true, false, true),
  ];
}

const NO_SOCKET = 9999;
const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

describe.skipIf(!available)(suiteName("maps of sockets and cgroups against the running Linux"), () => {
  test.each([
    ["sockmap", 4],
    ["sockmap", 8],
    ["sockhash", 8],
    ["reuseport_sockarray", 4],
    ["reuseport_sockarray", 8],
  ] as const)("%s with values of %i bytes", (type, valueSize) => {
    const all = sockets();
    const spec: MapSpec = { type, name: "s", keySize: 4, valueSize, maxEntries: 3, flags: 0 };
    const kind = new Map(all.map((one) => [one.fd, one]));
    const machine = (maps: NonNullable<MapMachine["maps"][number]>[]): MapMachine => ({
      ...{ cpus: 1, maps },
      socket: (cookie) => (kind.has(cookie) ? 8 : 0),
      joinSocket: (_map, cookie) => {
        const sk = kind.get(cookie);
        if (sk === undefined) return -ERRNO.EBADF;
        if (type === "reuseport_sockarray") return sk.shares ? 0 : -ERRNO.EINVAL;
        return !sk.tcp || sk.listens ? 0 : -ERRNO.EOPNOTSUPP;
      },
    });
    const step = fc.record({
      op: fc.constantFrom("update", "update", "update", "lookup", "delete", "next"),
      key: fc.constantFrom(0, 1, 2, 3, 4),
      fd: fc.constantFrom(...all.map(({ fd }) => fd), NO_SOCKET),
      flags: fc.constantFrom(0, 0, 1, 2, 3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { fd: map } = mapCreate(spec);
        const memory = new LinearMemory();
        const maps: NonNullable<MapMachine["maps"][number]>[] = [];
        const ours = createMap(memory, 0, spec, machine(maps));
        maps.push(ours);
        const [key, value] = [memory.allocate(8), memory.allocate(8)];
        for (const { op, key: index, fd, flags } of steps) {
          memory.u32[key >> 2] = index;
          const at = words(index);
          if (op === "update") {
            memory.u32.set([fd, 0], value >> 2);
            expect(errnoName(ours.userUpdate(key, value, flags))).toBe(mapUpdate(map, at, words(fd, 0), flags).errno);
          } else if (op === "lookup")
            // Linux reads a cookie, we what was put there: that there is one is the same.
            expect(errnoName(ours.userLookup(key, value))).toBe(mapLookup(map, at, valueSize).errno);
          else if (op === "delete") expect(errnoName(ours.userDelete(key))).toBe(mapDelete(map, at).errno);
          else if (type !== "sockhash") {
            const linux = mapNextKey(map, at, 4);
            expect(errnoName(ours.nextKey(key, value))).toBe(linux.errno);
            if (linux.ok) expect(words(memory.u32[value >> 2]!)).toEqual(linux.key);
          }
        }
        // Linux lets go of a closed map's sockets some time later.
        for (let index = 0; index < 3; index++) mapDelete(map, words(index));
        close(map);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 40 },
    );
    for (const { fd } of all) close(fd);
  });
});
