import { describe, expect, test } from "vitest";
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
  progXlated,
  suiteName,
  why,
} from "./bpf.ts";

/** One instruction slot as bytes. */
function slot(code: number, dst = 0, src = 0, offset = 0, imm = 0): number[] {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  bytes[0] = code;
  bytes[1] = (src << 4) | dst;
  view.setInt16(2, offset, true);
  view.setInt32(4, imm, true);
  return [...bytes];
}
const program = (...slots: number[][]): Uint8Array => new Uint8Array(slots.flat());
const u32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
const EXIT = slot(0x95);

test("a machine without bpf(2) says why", () => {
  expect(available).toBe(why === "");
});

describe.skipIf(!available)(suiteName("bpf(2) harness"), () => {
  test("a map: create, update, lookup, next key, delete", () => {
    const { ok, fd } = mapCreate({ type: "hash", keySize: 4, valueSize: 4, maxEntries: 2, name: "harness" });
    expect(ok).toBe(true);
    expect(mapNextKey(fd, undefined, 4)).toEqual({ ok: false, errno: "ENOENT" });
    expect(mapUpdate(fd, u32(7), u32(70))).toEqual({ ok: true });
    expect(mapUpdate(fd, u32(7), u32(71), 1)).toEqual({ ok: false, errno: "EEXIST" });
    expect(mapLookup(fd, u32(7), 4)).toEqual({ ok: true, value: u32(70) });
    expect(mapNextKey(fd, undefined, 4)).toEqual({ ok: true, key: u32(7) });
    expect(mapDelete(fd, u32(7))).toEqual({ ok: true });
    expect(mapLookup(fd, u32(7), 4)).toEqual({ ok: false, errno: "ENOENT" });
    close(fd);
    expect(mapDelete(fd, u32(7))).toEqual({ ok: false, errno: "EBADF" });
  });

  test("a refused map has an errno and no descriptor", () => {
    expect(mapCreate({ type: "array", keySize: 8, valueSize: 4, maxEntries: 1 })).toEqual({
      ok: false,
      errno: "EINVAL",
      fd: -1,
    });
  });

  test("an accepted program runs, and answers with value, packet and time", () => {
    const loaded = progLoad({ type: "xdp", insns: program(slot(0xb7, 0, 0, 0, 2), EXIT), logLevel: 1 });
    expect(loaded).toMatchObject({ ok: true, xlatedLength: 16 });
    expect(loaded.log).toMatch(/^processed 2 insns /m);
    const data = new Uint8Array(64).fill(5);
    const run = progTestRun(loaded.fd, { data, repeat: 10 });
    expect(run).toMatchObject({ ok: true, retval: 2, dataOut: data });
    expect(progTestRun(loaded.fd, { data: new Uint8Array(4) })).toMatchObject({ ok: false, errno: "EINVAL" });
    close(loaded.fd);
  });

  test("a context given comes back", () => {
    const { fd } = progLoad({ type: "sched_cls", insns: program(slot(0x61, 0, 1, 8), EXIT) });
    const ctx = new Uint8Array(192);
    ctx[8] = 42; // mark
    const run = progTestRun(fd, { data: new Uint8Array(64), ctx });
    expect(run).toMatchObject({ ok: true, retval: 42 });
    expect(run.ctxOut.length).toBe(192);
    close(fd);
  });

  test("a rejected program has an errno and Linux's log", () => {
    const refused = progLoad({ type: "socket_filter", insns: program(EXIT), logLevel: 2 });
    expect(refused).toMatchObject({ ok: false, errno: "EACCES", fd: -1 });
    expect(refused.log).toContain("R0 !read_ok");
    expect(progLoad({ type: "socket_filter", insns: program(EXIT) }).log).toBe("");
  });

  test("map indexes in ld_imm64 become descriptors, also past other two-slot loads", () => {
    const { fd: array } = mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1 });
    mapUpdate(array, u32(0), new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0]));
    const insns = program(
      slot(0x18, 3, 0, 0, 0x18), // a constant whose bytes look like nothing special
      slot(0),
      slot(0x18, 1, 2, 0, 0), // r1 = address of the value of map 0
      slot(0),
      slot(0x61, 0, 1),
      EXIT,
    );
    const { fd } = progLoad({ type: "socket_filter", insns, mapFds: [array] });
    expect(progTestRun(fd, { data: new Uint8Array(64) })).toMatchObject({ ok: true, retval: 9 });
    expect(progXlated(fd).length).toBe(insns.length);
    close(fd);
    close(array);
  });
});
