import { describe, expect, it } from "vitest";
import { AttachError, asm, HookError, Machine, map, u32, u64, VerifierError, workloads } from "../src/index.ts";

const READ = "tracepoint:syscalls:sys_exit_read";

const declare = () => map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 });

/** A branch that says nothing of r0, so that every instruction can be reached and r0 may be NULL. */
const NO_CHECK = "if r7 == 99 goto first";

/** Counts reads by floor(log2(size)); `check` stands where the NULL check has to be. */
const countReads = (check = "if r0 == 0 goto first") => asm({ type: "tracepoint", name: "count_reads" })`
    r6 = *(u64 *)(r1 + 16)
    if r6 s<= 0 goto out
    r7 = 0
halve:
    r6 >>= 1
    if r6 == 0 goto count
    r7 += 1
    if r7 < 32 goto halve
count:
    *(u32 *)(r10 - 4) = r7
    r1 = map[sizes]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    ${check}
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
    goto out
first:
    r1 = 1
    *(u64 *)(r10 - 16) = r1
    r1 = map[sizes]
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -16
    r4 = 0
    call bpf_map_update_elem
out:
    r0 = 0
    exit
`;

/** The same count made outside of eBPF, from the context that the hook gives. */
function observe(m: Machine): Map<number, bigint> {
  const seen = new Map<number, bigint>();
  m.linux.hooks.attach(READ, {
    run: (at) => {
      const size = m.linux.memory.view.getBigInt64(at + 16, true);
      if (size <= 0n) return;
      const slot = size.toString(2).length - 1;
      seen.set(slot, (seen.get(slot) ?? 0n) + 1n);
    },
  });
  return seen;
}

const sorted = (entries: Iterable<readonly [number, bigint]>) => [...entries].sort(([a], [b]) => a - b);

describe("Machine", () => {
  it.each(["jit", "interp"] as const)("counts every read of a workload (%s)", async (engine) => {
    const sizes = declare();
    const m = new Machine({ cpus: 2, seed: 7 });
    m.attach(m.load(countReads(), { engine }), READ);
    const seen = observe(m);
    m.spawn(workloads.webServer());
    await m.run("500ms");
    expect(sorted(sizes)).toEqual(sorted(seen));
    expect(sizes.size).toBeGreaterThan(1);
  });

  it("gives the same counts for the same seed, also when the run is cut into parts, and others for another", async () => {
    const run = async (seed: number, parts: readonly string[]) => {
      const sizes = declare();
      const m = new Machine({ seed });
      m.attach(m.load(countReads()), READ);
      m.spawn(workloads.webServer());
      for (const part of parts) await m.run(part);
      return sorted(sizes);
    };
    const whole = await run(7, ["300ms"]);
    expect(await run(7, ["100ms", "1ms", "199ms"])).toEqual(whole);
    expect(await run(8, ["300ms"])).not.toEqual(whole);
  });

  it("refuses a program without the NULL check, and is as it was before", () => {
    const sizes = declare();
    const m = new Machine();
    const before = { maps: m.linux.maps.length, programs: m.bpf.programs.size };
    expect(() => m.load(countReads(NO_CHECK))).toThrow(VerifierError);
    expect({ maps: m.linux.maps.length, programs: m.bpf.programs.size }).toEqual(before);
    expect(sizes.machine).toBeUndefined();
    expect(m.load(countReads()).id).toBe(1);
  });

  it("says in the error which line was refused and why", () => {
    declare();
    expect(() => new Machine().load(countReads(NO_CHECK))).toThrow(
      /^count_reads: R0 invalid mem access 'map_value_or_null' \(instruction \d+, line \d+: lock \*\(u64 \*\)\(r0 \+ 0\) \+= r1\)$/,
    );
  });

  it("keeps each machine's map apart", async () => {
    const sizes = declare();
    sizes.set(63, 5n);
    const [one, two] = [new Machine({ seed: 1 }), new Machine({ seed: 2 })];
    one.attach(one.load(countReads()), READ);
    two.load(countReads());
    one.spawn(workloads.webServer());
    await one.run("100ms");
    expect(sizes.size).toBeGreaterThan(1);
    expect([...two.map(sizes)]).toEqual([[63, 5n]]);
    expect(one.map(sizes).get(63)).toBe(5n);
  });

  it("uses one map for two programs that name the same declaration", () => {
    const sizes = declare();
    const m = new Machine();
    const [a, b] = [m.load(countReads()), m.load(countReads())];
    expect(a.program.maps[0]).toBe(b.program.maps[0]);
    expect(m.map(sizes).runtime).toBe(a.program.maps[0]);
  });

  it("stops at detach, also twice, and at the end of a using block", async () => {
    const sizes = declare();
    const m = new Machine();
    const program = m.load(countReads());
    m.spawn(workloads.webServer());
    {
      using link = m.attach(program, READ);
      expect(m.bpf.links.get(link.id)).toBe(link);
      await m.run("50ms");
      link.detach();
    }
    expect(m.bpf.links.size).toBe(0);
    const before = sorted(sizes);
    await m.run("50ms");
    expect(sorted(sizes)).toEqual(before);
  });

  it("refuses wrong hooks and programs of another type or machine, with what to do", () => {
    declare();
    const m = new Machine();
    const program = m.load(countReads());
    expect(() => m.attach(program, "tracepoint:syscalls:sys_exit_raed")).toThrow(HookError);
    expect(() => m.attach(program, "tracepoint:syscalls:sys_exit_raed")).toThrow(/sys_exit_read/);
    expect(() => m.attach(program, "profile:hz:99")).toThrow(AttachError);
    expect(() => new Machine().attach(program, READ)).toThrow(/another machine/);
    expect(m.bpf.links.size).toBe(0);
  });
});

describe("attaching", () => {
  const reads = (offset: number) => asm({ type: "tracepoint", name: "reader" })`
    r0 = *(u64 *)(r1 + ${offset})
    r0 = 0
    exit
  `;

  it("refuses a program that reads beyond the event's record, and says what the record has", () => {
    const m = new Machine();
    expect(() => m.attach(m.load(reads(24)), READ)).toThrow(
      /^reader reads the context up to byte 32 \(instruction 0, line 2\), but sys_exit_read has 24: .*ret at 16 \(8 bytes\)\.$/,
    );
    expect(() => m.attach(m.load(reads(24)), READ)).toThrow(expect.objectContaining({ code: "EACCES" }));
    expect(m.bpf.links.size).toBe(0);
    expect(m.attach(m.load(reads(16)), READ).id).toBe(1);
  });
});

describe("profiling", () => {
  it("samples stacks whose frames have names", async () => {
    const stacks = map.stackTrace({ name: "stacks", maxEntries: 1024 });
    const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 1024 });
    const sample = asm({ type: "perf_event", name: "sample" })`
      r2 = map[stacks]
      r3 = 0
      call bpf_get_stackid
      if r0 s< 0 goto out
      *(u32 *)(r10 - 4) = r0
      r1 = 1
      *(u64 *)(r10 - 16) = r1
      r1 = map[counts]
      r2 = r10
      r2 += -4
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
out:
      r0 = 0
      exit
    `;
    const m = new Machine({ seed: 3 });
    m.attach(m.load(sample), "profile:hz:99");
    m.spawn(workloads.webServer());
    await m.run("2s");
    const names = m.stacks(stacks);
    expect(counts.size).toBeGreaterThan(0);
    for (const id of counts.keys()) {
      const frames = names.get(id)!;
      expect(frames.length).toBeGreaterThan(0);
      for (const frame of frames) expect(frame).toMatch(/^[a-zA-Z_]/);
    }
  });
});
