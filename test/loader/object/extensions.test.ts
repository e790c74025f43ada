/** Programs that replace functions of other programs: from C and in assembly, run, attached and taken away. */
import { describe, expect, it } from "vitest";
import { asm } from "../../../src/loader/asm.ts";
import { u32 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import { bytesOf, frame, open } from "./fixtures.ts";

const FRAME = frame(64, 0x0800);

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

/** `sort` counts at what `classify` returns: 1 for IPv4, 2 for others, 0 for what is no frame. */
function target(engine?: "interp") {
  const { m, object } = open("subprograms");
  object.load();
  const sort = object.progs.sort!.loaded;
  const loaded = engine === undefined ? sort : m.load(sort.spec, { engine });
  const hits = m.bpf.host.maps.findLast((each) => each?.spec.name === "hits")!;
  const counts = () =>
    [0, 1, 2, 3].map((at) => Number(hits.memory.view.getBigUint64(hits.elements!.base + 8 * at, true)));
  return { m, object, sort: loaded, counts };
}

const replacement = (sort: { readonly spec: ReturnType<typeof target>["sort"]["spec"] }) =>
  asm({ type: "ext", name: "three", attach: "freplace/classify", target: sort })`
    r0 = 3
    exit
  `;

describe.each([undefined, "interp"] as const)("an extension, engine %s", (engine) => {
  it("is called instead of the function until its link ends", () => {
    const { m, sort, counts } = target(engine);
    sort.run(FRAME);
    const link = m.attach(m.load(replacement(sort)), "freplace:classify");
    sort.run(FRAME);
    sort.run(FRAME);
    expect(counts()).toEqual([0, 1, 0, 2]);
    link.detach();
    sort.run(FRAME);
    expect(counts()).toEqual([0, 2, 0, 2]);
  });

  it("reads the packet through the context, uses maps of its own, and may replace the whole program", () => {
    const { m, sort, counts } = target(engine);
    const seen = map.array({ name: "seen", maxEntries: 1, value: u32 });
    const whole = asm({ type: "ext", name: "whole", attach: "freplace/sort", target: sort, maps: [seen] })`
      r2 = *(u32 *)(r1 + 4)
      r3 = *(u32 *)(r1 + 0)
      r4 = r3
      r4 += 14
      if r4 > r2 goto out
      r6 = *(u8 *)(r3 + 12)
      *(u32 *)(r10 - 4) = 0
      r2 = r10
      r2 += -4
      r1 = map[seen]
      call map_lookup_elem
      if r0 == 0 goto out
      *(u32 *)(r0 + 0) = r6
    out:
      r0 = 1
      exit
    `;
    using _ = m.attach(m.load(whole), "freplace:sort");
    expect(sort.run(FRAME).verdict).toBe("XDP_DROP");
    expect(m.map(seen).get(0)).toBe(8);
    expect(counts()).toEqual([0, 0, 0, 0]);
  });
});

describe("extensions of an object", () => {
  it("load for a function of a loaded program, and attach by their section", async () => {
    const { m, object } = target();
    const other = m.open(bytesOf("replacements"), { name: "replacements" });
    other.progs.always_two!.setAttachTarget(object.progs.sort!.loaded);
    other.load().attach();
    object.progs.sort!.run(FRAME);
    expect(other.bss.calls).toBe(1n);
    expect((await m.shell("bpftool link show")).text).toMatch(
      /: tracing {2}prog \d+ {2}\n\tprog_type ext {2}attach_type unspec {2}target_obj_id \d+ {2}target_btf_id \d+/,
    );
    expect(codeOf(() => other.progs.always_two!.attach())).toBe("EBUSY");
    other.destroy();
    object.progs.sort!.run(FRAME);
    expect([...object.maps.hits!].map(([, hits]) => hits)).toEqual([0n, 1n, 1n, 0n]);
  });

  it("is refused in libbpf's and Linux's words where it does not fit", () => {
    const { m, object } = target();
    const sort = object.progs.sort!.loaded;
    const load = (name: string, by?: string) => {
      const other = m.open(bytesOf("replacements"), { name: "replacements" });
      other.progs.always_two!.autoload = false;
      other.progs[name]!.autoload = true;
      other.progs[name]!.setAttachTarget(sort, by);
      return other.load();
    };
    expect(() => load("other_type")).toThrow(
      "arg0 other_type(struct __sk_buff *) doesn't match classify(struct xdp_md *)",
    );
    expect(() => load("drop_all", "nobody")).toThrow("failed to find BPF program BTF ID for 'nobody': -2");
    expect(() => load("drop_all", "bump")).toThrow("bump() is not a global function");
    expect(m.bpf.programs.size).toBe(2);
  });

  it("is attached to another program with such a function, and not to one in an array of programs", () => {
    const { m, object } = target();
    const sort = object.progs.sort!.loaded;
    const again = m.load(sort.spec);
    const three = m.load(replacement(sort));
    expect(codeOf(() => m.attach(three, "freplace:bump", { target: again }))).toBe("EINVAL");
    expect(codeOf(() => m.attach(sort, "freplace:classify"))).toBe("EINVAL");
    const callees = map.progArray({ name: "callees", maxEntries: 1 });
    m.load(asm({ type: "xdp", maps: [callees] })`r1 = map[callees]
      r0 = 2
      exit`);
    m.map(callees).set(0, again.id);
    expect(codeOf(() => m.attach(three, "freplace:classify", { target: again }))).toBe("EBUSY");
    m.map(callees).delete(0);
    using link = m.attach(three, "freplace:classify", { target: again });
    expect(link.of?.program.id).toBe(again.id);
    expect(() => m.map(callees).set(0, again.id)).toThrow(/EBUSY/);
    expect(() => m.map(callees).set(0, three.id)).toThrow(/EINVAL/);
  });

  it("is part of what a trace shows, with its own lines", () => {
    const { m, object } = target();
    const sort = object.progs.sort!.loaded;
    using _ = m.attach(m.load(replacement(sort)), "freplace:classify");
    const { steps } = sort.trace(FRAME).run;
    expect(steps.length).toBeGreaterThan(5);
  });

  it("needs a machine that compiles", async () => {
    const { m, object } = target();
    await m.shell("echo 0 > /proc/sys/net/core/bpf_jit_enable");
    expect(() => m.load(replacement(object.progs.sort!.loaded))).toThrow("Extension programs should be JITed");
  });
});
