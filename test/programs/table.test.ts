import { describe, expect, test } from "vitest";
import { helperId } from "../../src/helpers/names.ts";
import { SK_BUFF, XDP_BUFF } from "../../src/memory/objects.ts";
import { contextAccess } from "../../src/programs/access.ts";
import type { ContextField } from "../../src/programs/row.ts";
import { PROGRAMS, typeOfSection } from "../../src/programs/table.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../src/programs/types.ts";

/** Types without a structure of their own. */
const UNTYPED: ReadonlySet<ProgramType> = new Set<ProgramType>(["raw", "tracing", "lsm", "ext", "struct_ops"]);

const types = Object.keys(PROGRAM_TYPES) as ProgramType[];

describe("rows", () => {
  test.each(types)("%s is whole", (type) => {
    const row = PROGRAMS[type];
    expect(row.type).toBe(type);
    expect(row.number).toBe(PROGRAM_TYPES[type]);
    expect(row.doc).toMatch(/^[A-Z].*\.$/);
    for (const helper of row.helpers) expect(helperId(helper), helper).toBeDefined();
    expect(row.context === undefined).toBe(UNTYPED.has(type));
  });

  test.each(types.filter((type) => !UNTYPED.has(type)))(
    "the fields of %s lie in order, apart, within the context",
    (type) => {
      const { fields, size } = PROGRAMS[type].context!;
      let end = Number.NEGATIVE_INFINITY;
      for (const field of fields) {
        if (field.name === "pieces") continue; // of the pointer before it
        expect(field.offset, field.name).toBeGreaterThanOrEqual(end);
        end = field.offset + field.size;
        expect(field.size % (field.unit ?? field.size)).toBe(0);
      }
      expect(end).toBeLessThanOrEqual(size);
      expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
    },
  );

  test("what a packet program may touch lies somewhere, packet pointers as whole addresses", () => {
    for (const type of ["socket_filter", "sched_cls", "xdp"] as const) {
      const { size, members } = type === "xdp" ? XDP_BUFF : SK_BUFF;
      const places = new Set<number>();
      for (const { name, kind, read, write, object } of PROGRAMS[type].context!.fields) {
        if (!read && !write) continue;
        expect(object, name).toBeDefined();
        expect(object!.offset + object!.size, name).toBeLessThanOrEqual(size);
        expect(Object.values(members)).toContain(object);
        if (kind !== "scalar") expect(object!.size, name).toBe(8);
        places.add(object!.offset);
      }
      // No two fields share a place.
      expect(places.size).toBe(PROGRAMS[type].context!.fields.filter(({ read, write }) => read || write).length);
    }
  });

  test("members of objects are aligned and do not overlap", () => {
    for (const { size, members } of [SK_BUFF, XDP_BUFF]) {
      let end = 0;
      for (const member of Object.values(members)) {
        expect(member.offset % Math.min(member.size, 8)).toBe(0);
        expect(member.offset).toBeGreaterThanOrEqual(end);
        end = member.offset + member.size;
      }
      expect(end).toBeLessThanOrEqual(size);
      expect(size % 8).toBe(0);
    }
  });
});

describe("accesses to the context", () => {
  const field = (type: ProgramType, offset: number, size: number, mode: "read" | "read_signed" | "write" = "read") =>
    contextAccess(PROGRAMS[type].context!, offset, size, mode)?.name;

  test("packet pointers: whole, unsigned, only where the type may see the packet", () => {
    expect([field("xdp", 0, 4), field("xdp", 4, 4), field("xdp", 8, 4)]).toEqual(["data", "data_end", "data_meta"]);
    expect([
      field("xdp", 0, 8),
      field("xdp", 0, 2),
      field("xdp", 0, 4, "read_signed"),
      field("xdp", 0, 4, "write"),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    expect([field("sched_cls", 76, 4), field("socket_filter", 76, 4)]).toEqual(["data", undefined]);
  });

  test("plain fields may be read in part, written only whole and by who may", () => {
    expect([field("sched_cls", 8, 4), field("sched_cls", 9, 1), field("sched_cls", 10, 2)]).toEqual([
      "mark",
      "mark",
      "mark",
    ]);
    expect([field("sched_cls", 9, 2), field("sched_cls", 8, 8)]).toEqual([undefined, undefined]);
    expect([field("sched_cls", 8, 4, "write"), field("sched_cls", 8, 2, "write")]).toEqual(["mark", undefined]);
    expect([field("socket_filter", 8, 4, "write"), field("sched_cls", 0, 4, "write")]).toEqual([undefined, undefined]);
  });

  test("cb takes everything that stays inside", () => {
    for (const type of ["socket_filter", "sched_cls"] as const) {
      expect([field(type, 56, 8), field(type, 56, 8, "write"), field(type, 67, 1, "write")]).toEqual([
        "cb",
        "cb",
        "cb",
      ]);
      expect(field(type, 64, 8)).toBeUndefined();
    }
  });

  test("registers and records", () => {
    expect([field("perf_event", 16, 8), field("perf_event", 16, 4), field("perf_event", 168, 4)]).toEqual([
      "regs",
      undefined,
      "sample_period",
    ]);
    expect([field("kprobe", 112, 4), field("kprobe", 168, 8), field("kprobe", -8, 8)]).toEqual([
      "regs",
      undefined,
      undefined,
    ]);
    expect([field("tracepoint", 0, 8), field("tracepoint", 8, 8), field("tracepoint", 8192, 1)]).toEqual([
      undefined,
      "record",
      undefined,
    ]);
    expect([field("tracepoint", 16, 8, "write"), field("raw_tracepoint", 88, 8)]).toEqual([undefined, "args"]);
    // Linux compares unsigned here; see the layout.
    expect(field("tracepoint", -8, 8)).toBe("before");
  });

  test("an array field is entered at any unit", () => {
    const words: ContextField = {
      name: "words",
      offset: 8,
      size: 16,
      unit: 4,
      kind: "scalar",
      read: "whole",
      write: "narrow",
    };
    const layout = { struct: "s", size: 32, fields: [words] };
    const ok = (offset: number, size: number, mode: "read" | "write"): boolean =>
      contextAccess(layout, offset, size, mode) !== undefined;
    expect([8, 12, 16, 20, 24].map((offset) => ok(offset, 4, "read"))).toEqual([true, true, true, true, false]);
    expect([ok(8, 2, "read"), ok(8, 8, "read"), ok(14, 2, "write"), ok(8, 8, "write")]).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });
});

describe("section names", () => {
  test.each([
    ["xdp", "xdp"],
    ["xdp.frags", "xdp"],
    ["tp/syscalls/sys_enter_read", "tracepoint"],
    ["tracepoint", "tracepoint"],
    ["raw_tp/sched_switch", "raw_tracepoint"],
    ["kprobe/do_unlinkat", "kprobe"],
    ["perf_event", "perf_event"],
    ["socket", "socket_filter"],
    ["tc", "sched_cls"],
    ["tcx/ingress", "sched_cls"],
    ["fentry.s/vfs_read", "tracing"],
    ["cgroup/connect_unix", "cgroup_sock_addr"],
    ["sockops", "sock_ops"],
    ["struct_ops/tcp_init", "struct_ops"],
    ["raw_tp.w/x", "raw_tracepoint_writable"],
    ["xdp/eth0", undefined],
    ["tpx", undefined],
    ["", undefined],
  ] as const)("%o is %o", (section, type) => {
    expect(typeOfSection(section)).toBe(type);
  });

  test("no section belongs to two types", () => {
    const sections = Object.values(PROGRAMS).flatMap((row) => row.sections);
    expect(new Set(sections).size).toBe(sections.length);
  });
});
