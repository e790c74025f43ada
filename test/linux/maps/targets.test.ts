import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMap } from "../../../src/maps/create.ts";
import { errnoName } from "../../../src/maps/errno.ts";
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
  progId,
  progLoad,
  suiteName,
} from "../bpf.ts";

const XDP = { devmap: 33, cpumap: 35, device: 37 } as const;

/** Programs to name: those of XDP for devmaps, cpumaps and devices, and one of another type; what Linux calls them. */
function programs() {
  const insns = Uint8Array.of(0xb7, 0, 0, 0, 2, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
  const load = (type: string, expectedAttachType?: number) => {
    const { fd } = progLoad({ type, insns, ...(expectedAttachType === undefined ? {} : { expectedAttachType }) });
    return { fd, id: progId(fd) };
  };
  const [devmap, cpumap, device] = [load("xdp", XDP.devmap), load("xdp", XDP.cpumap), load("xdp", XDP.device)];
  const kinds = new Map([
    [devmap.id, "xdp_devmap"],
    [cpumap.id, "xdp_cpumap"],
    [device.id, "xdp"],
  ] as const);
  return { all: [devmap, cpumap, device, load("socket_filter")], xdpProgram: (id: number) => kinds.get(id) };
}

const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

describe.skipIf(!available)(suiteName("targets of redirection against the running Linux"), () => {
  test.each([
    ["devmap", 4],
    ["devmap", 8],
    ["devmap_hash", 4],
    ["devmap_hash", 8],
    ["cpumap", 4],
    ["cpumap", 8],
  ] as const)("%s with values of %i bytes", (type, valueSize) => {
    const spec: MapSpec = { type, name: "d", keySize: 4, valueSize, maxEntries: 4, flags: 0 };
    const { all, xdpProgram } = programs();
    const step = fc.record({
      op: fc.constantFrom("update", "update", "update", "lookup", "delete", "next"),
      key: fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 12),
      // Loopback is device 1; nothing is device 9999.
      target: fc.constantFrom(0, 1, 1, 1, 9999, 64, 16385),
      program: fc.constantFrom(0, -1, 500, ...all.keys()),
      named: fc.boolean(),
      flags: fc.constantFrom(0, 0, 0, 1, 2, 3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { fd } = mapCreate(spec);
        const memory = new LinearMemory();
        const ours = createMap(memory, 0, spec, {
          cpus: 2,
          maps: [],
          hasDevice: (ifindex) => ifindex === 1,
          xdpProgram,
        });
        const [key, value] = [memory.allocate(8), memory.allocate(8)];
        for (const { op, key: index, target, program, named, flags } of steps) {
          memory.u32[key >> 2] = index;
          const at = words(index);
          switch (op) {
            case "update": {
              // Linux takes descriptors, a machine ids: both read ids.
              const loaded = named ? all[program] : undefined;
              memory.u32.set([target, loaded?.id ?? program], value >> 2);
              const linux = mapUpdate(fd, at, words(target, loaded?.fd ?? program), flags);
              const book = errnoName(ours.userUpdate(key, value, flags));
              // A program that does not exist is refused before or after the device, by its descriptor.
              expect(linux.errno === "EBADF" ? "EINVAL" : linux.errno).toBe(book);
              break;
            }
            case "lookup": {
              const linux = mapLookup(fd, at, valueSize);
              expect(errnoName(ours.userLookup(key, value))).toBe(linux.errno);
              if (linux.ok) expect(memory.u8.slice(value, value + valueSize)).toEqual(linux.value);
              break;
            }
            case "delete":
              expect(errnoName(ours.userDelete(key))).toBe(mapDelete(fd, at).errno);
              break;
            default: {
              const linux = mapNextKey(fd, at, 4);
              expect(errnoName(ours.nextKey(key, value))).toBe(linux.errno);
              if (linux.ok) expect(words(memory.u32[value >> 2])).toEqual(linux.key);
            }
          }
        }
        close(fd);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 40 },
    );
    for (const { fd } of all) close(fd);
  });

  test("xskmap", () => {
    const spec: MapSpec = { type: "xskmap", name: "x", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 };
    // Two AF_XDP sockets, a descriptor of none, and what is no descriptor.
    const sockets = [openSocket(44, 3), openSocket(44, 3)];
    const step = fc.record({
      op: fc.constantFrom("update", "update", "update", "lookup", "delete", "next"),
      key: fc.constantFrom(0, 1, 2, 3, 4, 5),
      socket: fc.constantFrom(0, 1, 0, 1, 9999),
      flags: fc.constantFrom(0, 0, 1, 2, 3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { fd } = mapCreate(spec);
        const memory = new LinearMemory();
        const known = new Set(sockets);
        const ours = createMap(memory, 0, spec, { cpus: 2, maps: [], xsk: (number) => (known.has(number) ? 8 : 0) });
        const [key, value] = [memory.allocate(8), memory.allocate(8)];
        for (const { op, key: index, socket, flags } of steps) {
          memory.u32[key >> 2] = index;
          const at = words(index);
          if (op === "update") {
            const number = sockets[socket] ?? socket;
            memory.u32[value >> 2] = number;
            expect(errnoName(ours.userUpdate(key, value, flags))).toBe(mapUpdate(fd, at, words(number), flags).errno);
          } else if (op === "lookup") expect(errnoName(ours.userLookup(key, value))).toBe(mapLookup(fd, at, 4).errno);
          else if (op === "delete") expect(errnoName(ours.userDelete(key))).toBe(mapDelete(fd, at).errno);
          else {
            const linux = mapNextKey(fd, at, 4);
            expect(errnoName(ours.nextKey(key, value))).toBe(linux.errno);
            if (linux.ok) expect(words(memory.u32[value >> 2]!)).toEqual(linux.key);
          }
        }
        close(fd);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 40 },
    );
    for (const socket of sockets) close(socket);
  });
});
