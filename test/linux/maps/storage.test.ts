/** Storages of tasks, sockets and inodes through bpf(2), whose keys are descriptors on Linux and names of objects here. */
import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import { MapCommands } from "../../../src/maps/commands.ts";
import { createMap } from "../../../src/maps/create.ts";
import { errnoName } from "../../../src/maps/errno.ts";
import { MAP_FLAGS } from "../../../src/maps/flags.ts";
import type { StorageType } from "../../../src/maps/spec.ts";
import { LinearMemory } from "../../../src/memory/memory.ts";
import { INT_TYPE, mapOf, VALUE_BTF } from "../../verifier/value-types.ts";
import {
  available,
  btfLoad,
  close,
  mapCreate,
  mapDelete,
  mapLookup,
  mapNextKey,
  mapUpdate,
  suiteName,
} from "../bpf.ts";

const PIDFD_OPEN = 434;
const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

/** Two objects of a type, by descriptors. */
function objects(type: StorageType): number[] {
  const libc = koffi.load("libc.so.6");
  const syscall = libc.func("long syscall(long, long, long)");
  const socket = libc.func("int socket(int, int, int)");
  const open = libc.func("int open(str, int)");
  switch (type) {
    case "task_storage":
      return [process.pid, process.ppid].map((pid) => Number(syscall(PIDFD_OPEN, pid, 0)));
    case "sk_storage":
      return [socket(2, 1, 0), socket(10, 2, 0)];
    case "inode_storage":
      return [open("/proc/self/status", 0), open("/etc/passwd", 0)];
    case "cgrp_storage":
      return [open("/sys/fs/cgroup", 0)];
  }
}

describe.skipIf(!available)(suiteName("storages of objects against the running Linux"), () => {
  const btfFd = available ? btfLoad(VALUE_BTF.bytes).fd : -1;

  test.each(["task_storage", "sk_storage", "inode_storage"] as const)("%s", (type) => {
    const fds = objects(type);
    const step = fc.record({
      op: fc.constantFrom("update", "update", "lookup", "delete", "next"),
      object: fc.constantFrom(0, 1, 2),
      value: fc.nat(1000),
      flags: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 8),
    });
    const spec = mapOf(type, "s", "plain", { maxEntries: 0, flags: MAP_FLAGS.NO_PREALLOC });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { btf, ...rest } = spec;
        const { fd } = mapCreate({ ...rest, btfFd, btfKeyType: INT_TYPE, btfValueType: btf!.valueType });
        const memory = new LinearMemory();
        const at = fds.map(() => memory.allocate(64, 64));
        const storage = {
          objectOf: (_type: StorageType, name: number) => at[name] ?? -9,
          nameOf: (_type: StorageType, offset: number) => at.indexOf(offset),
          whenGone: () => {},
        };
        const ours = createMap(memory, 0, spec, { cpus: 1, maps: [], storage });
        const commands = new MapCommands(ours);
        try {
          for (const each of steps) {
            const { op, object, value: number, flags } = each;
            const theirs = words(fds[object] ?? 9999);
            const key = words(object);
            const same = (book: number, linux: string | undefined) =>
              expect([each, errnoName(book)]).toEqual([each, linux]);
            switch (op) {
              case "update": {
                const bytes = words(number, 0, number, 0);
                same(commands.update(key, bytes, flags), mapUpdate(fd, theirs, bytes, flags).errno);
                break;
              }
              case "lookup": {
                const linux = mapLookup(fd, theirs, spec.valueSize, BigInt(flags));
                const { result, value } = commands.lookup(key, flags);
                same(result, linux.errno);
                expect(value).toEqual(linux.value);
                break;
              }
              case "delete":
                same(commands.delete(key), mapDelete(fd, theirs).errno);
                break;
              default:
                same(commands.nextKey(key).result, mapNextKey(fd, theirs, 4).errno);
            }
          }
        } finally {
          close(fd);
        }
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 500 : 40 },
    );
    for (const fd of fds) close(fd);
  });
});
