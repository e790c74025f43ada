/** Freezing, read-only flags, mapping, pinning, as a notebook meets them; test/linux/maps compares what bpf(2) answers. */
import { describe, expect, test } from "vitest";
import { asm, MAP_FLAGS, Machine, map, u32, u64 } from "../../src/index.ts";

const array = (flags = 0) => map.array({ name: "shared", value: u32, maxEntries: 4, flags });

/** Stores 7 in element 1, as a program. */
const store = () =>
  asm({ type: "xdp", name: "store" })(`
    *(u32 *)(r10 - 4) = 1
    r2 = r10
    r2 += -4
    r1 = map[shared]
    call map_lookup_elem
    if r0 == 0 goto out
    *(u32 *)(r0 + 0) = 7
out:
    r0 = 0
    exit`);

describe("freezing", () => {
  test("the notebook can only read, programs go on", () => {
    const m = new Machine();
    const shared = array();
    const program = m.load(store());
    m.map(shared).set(0, 5).freeze();
    expect(() => m.map(shared).set(0, 6)).toThrow(/may only read it \(EPERM\)/);
    expect(() => m.map(shared).freeze()).toThrow(/EPERM/);
    program.run(new Uint8Array(14));
    expect([...m.map(shared).values()]).toEqual([5, 7, 0, 0]);
  });

  test("BPF_F_RDONLY is that from the start; BPF_F_RDONLY_PROG is for programs", () => {
    const m = new Machine();
    const readable = m.map(array(MAP_FLAGS.RDONLY));
    expect(() => readable.set(0, 1)).toThrow(/EPERM/);
    expect(() => readable.delete(0)).toThrow(/EPERM/);
    const other = new Machine();
    array(MAP_FLAGS.RDONLY_PROG);
    expect(() => other.load(store())).toThrow(/write into map forbidden/);
  });
});

describe("mapping", () => {
  test("what a program stores is there at once, and the other way round", () => {
    const m = new Machine();
    const shared = array(MAP_FLAGS.MMAPABLE);
    const program = m.load(store());
    const mapped = m.map(shared).mmap();
    mapped.view.setUint32(2 * mapped.stride, 9, true);
    program.run(new Uint8Array(14));
    expect(mapped.view.getUint32(mapped.stride, true)).toBe(7);
    expect(m.map(shared).get(2)).toBe(9);
    // Frozen: not as long as it is mapped for writing, then only for reading.
    expect(() => m.map(shared).freeze()).toThrow(/EBUSY/);
    mapped.unmap();
    expect(mapped.bytes).toHaveLength(0);
    m.map(shared).freeze();
    expect(() => m.map(shared).mmap()).toThrow(/EPERM/);
    using reader = m.map(shared).mmap({ writable: false });
    expect(reader.view.getUint32(2 * reader.stride, true)).toBe(9);
    reader.bytes.fill(0);
    expect(m.map(shared).get(2)).toBe(9);
  });

  test.each([
    ["an array without the flag", () => array(), "EINVAL"],
    ["what programs may only read", () => array(MAP_FLAGS.MMAPABLE | MAP_FLAGS.RDONLY_PROG), "EACCES"],
    ["a hash", () => map.hash({ name: "h", key: u32, value: u64, maxEntries: 1 }), "ENOTSUPP"],
  ])("%s is refused", (_what, declare, errno) => {
    expect(() => new Machine().map(declare() as ReturnType<typeof array>).mmap()).toThrow(errno);
  });
});

test("a pinned map outlives the programs that used it", () => {
  const m = new Machine();
  array();
  const program = m.load(store());
  const runtime = program.program.maps[0]!;
  m.bpf.fs.pin("/sys/fs/bpf/shared", { kind: "map", map: runtime });
  expect(() => m.bpf.fs.pin("/sys/fs/bpf/shared", { kind: "map", map: runtime })).toThrow(/EEXIST/);
  expect(() => m.bpf.fs.pin("/tmp/shared", { kind: "map", map: runtime })).toThrow(/EINVAL/);
  m.bpf.removeProgram(program.program);
  m.bpf.removeMap(runtime);
  expect(m.bpf.fs.get("/sys/fs/bpf/shared")).toEqual({ kind: "map", map: runtime });
  expect(m.linux.maps[runtime.index]).toBe(runtime);
  m.bpf.fs.unpin("/sys/fs/bpf/shared");
  m.bpf.removeMap(runtime);
  expect(m.linux.maps[runtime.index]).toBeUndefined();
});
