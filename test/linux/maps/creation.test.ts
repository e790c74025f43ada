import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMap } from "../../../src/maps/create.ts";
import type { MapError } from "../../../src/maps/error.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../../../src/maps/spec.ts";
import { available, close, mapCreate, suiteName } from "../bpf.ts";

/** What only a running system knows: types of values and objects that BTF describes. */
const NEEDS_BTF: ReadonlySet<MapType> = new Set([
  "struct_ops",
  "sk_storage",
  "inode_storage",
  "task_storage",
  "cgrp_storage",
]);

const types = (Object.keys(MAP_TYPES) as MapType[]).filter((type) => !NEEDS_BTF.has(type));

/** The errno of Linux, and ours; undefined where the map can be made. */
function errnos(spec: MapSpec): [linux: string | undefined, book: string | undefined] {
  const inner = spec.inner && mapCreate(spec.inner);
  const { fd, errno } = mapCreate({ ...spec, innerFd: inner?.fd ?? -1 });
  close(fd);
  close(inner?.fd ?? -1);
  try {
    checkMap(spec);
    return [errno, undefined];
  } catch (error) {
    return [errno, (error as MapError).errno];
  }
}

/** `BPF_F_TOKEN_FD` asks for a descriptor that bpf(2) would look at; machines have none. */
const TOKEN = 16;

describe.skipIf(!available)(suiteName("creation of maps, refused by the running Linux"), () => {
  const attributes = (type: MapType) =>
    fc.record({
      type: fc.constant(type),
      name: fc.constantFrom("", "", "ok_1.x", "no-dash", "fifteen_letters"),
      keySize: fc.constantFrom(0, 0, 1, 4, 4, 4, 4, 8, 16, 64, 300, 600),
      valueSize: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(0, 1, 4, 4, 8, 12, 16, 127 * 8, 128 * 8, 32768, 32769, 5 << 20) },
        // Around the largest element of a hash map.
        { weight: 1, arbitrary: fc.integer({ min: (4 << 20) - 120, max: 4 << 20 }) },
      ),
      maxEntries: fc.constantFrom(
        0,
        0,
        1,
        1,
        2,
        ...(/ringbuf|arena|cpumap/.test(type) ? [4095, 4096, 8192, 12288] : []),
      ),
      flags: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 8, 16, 24, 32, 64, 128, 256, 384, 1024, 4096) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }).map((bit) => (bit === TOKEN ? 0 : 2 ** bit)) },
      ),
      mapExtra: fc.constantFrom(0n, 0n, 0n, 0n, 0n, 1n, 15n, 16n, 4096n, 1n << 40n),
      numaNode: fc.constantFrom(0, 0, 0, 1, 0xffff_ffff),
    });

  test.each(types)("%s", (type) => {
    fc.assert(
      fc.property(attributes(type), (spec) => {
        const [linux, book] = errnos(spec);
        // Whether there is memory for it, and the caller's own limits, are Linux's to say.
        // So is for how many CPUs it was built: ours is a distribution's 8192.
        const fewerCpus = type === "cpumap" && linux === "E2BIG" && spec.maxEntries <= 8192;
        if (linux !== "ENOMEM" && !fewerCpus) expect(book).toBe(linux);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 3000 : 150 },
    );
  });

  test.each(types)("%s inside of another map", (type) => {
    const inner: MapSpec = {
      type,
      name: "inner",
      keySize: /queue|stack$|ringbuf|bloom|arena/.test(type)
        ? 0
        : type.includes("storage")
          ? 16
          : type === "lpm_trie"
            ? 8
            : 4,
      valueSize: /ringbuf|arena/.test(type) ? 0 : type === "stack_trace" ? 8 : 4,
      maxEntries: type.includes("storage") ? 0 : /ringbuf/.test(type) ? 4096 : 1,
      flags: type === "lpm_trie" ? 1 : type === "arena" ? 1024 : 0,
      inner: type.endsWith("of_maps")
        ? { type: "array", name: "deep", keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 }
        : undefined,
    };
    for (const outer of ["array_of_maps", "hash_of_maps"] as const) {
      const spec: MapSpec = { type: outer, name: "outer", keySize: 4, valueSize: 4, maxEntries: 2, flags: 0, inner };
      const deep = inner.inner && mapCreate(inner.inner);
      const made = mapCreate({ ...inner, innerFd: deep?.fd });
      expect(made.errno).toBeUndefined();
      const { fd, errno } = mapCreate({ ...spec, innerFd: made.fd });
      for (const each of [fd, made.fd, deep?.fd ?? -1]) close(each);
      let book: string | undefined;
      try {
        checkMap(spec);
      } catch (error) {
        book = (error as MapError).errno;
      }
      expect(book).toBe(errno);
    }
  });
});
