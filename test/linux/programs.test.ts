import { describe, expect, test } from "vitest";
import { helperName, LAST_HELPER } from "../../src/helpers/names.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import { SK_BUFF, XDP_BUFF } from "../../src/memory/objects.ts";
import { type AccessMode, contextAccess } from "../../src/programs/access.ts";
import { ATTACH_TYPES, type AttachType } from "../../src/programs/attach-types.ts";
import type { ContextLayout } from "../../src/programs/row.ts";
import { attachNumber, PROGRAMS, programRow } from "../../src/programs/table.ts";
import { prepareTestRun, type TestRun, type TestRunError } from "../../src/programs/test-run.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { available, close, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { LACKING } from "./build-options.ts";
import { call, EXIT, load, loadSigned, program, set, slot, store } from "./slots.ts";

const SLEEPABLE = 1 << 4;

/** Every type whose context is a structure, at every place where it may be attached. */
const PLACES = Object.values(PROGRAMS).flatMap(({ type, context, attachTypes, defaultAttach }) =>
  type === "raw" || context === undefined || (available && !isKnown(type))
    ? []
    : [...(defaultAttach ? [] : [undefined]), ...attachTypes].map((attach) => [type, attach] as const),
);

/** Whether this Linux was built with the type: whatever program it is given, it does not refuse the type itself. */
function isKnown(type: ProgramType): boolean {
  const row = PROGRAMS[type];
  const { ok, fd, log } = loadAt(type, undefined, program(set(0, row.returns?.max ?? 0), EXIT), 1);
  close(fd);
  return ok || log !== "";
}

/** Loads for a place; system calls are programs that sleep. */
function loadAt(type: ProgramType, attach: AttachType | undefined, insns: Uint8Array, logLevel = 0) {
  const expectedAttachType = attachNumber(PROGRAMS[type], attach);
  return progLoad({ type, insns, expectedAttachType, logLevel, flags: type === "syscall" ? SLEEPABLE : 0 });
}

/** Types that Linux loads with any attach type; where they can be attached is checked at attaching. */
const LENIENT = ["cgroup_sock", "cgroup_sysctl", "cgroup_device", "sock_ops"];

const PACKET_TYPES = ["socket_filter", "sched_cls", "xdp"] as const;

describe.skipIf(!available)(suiteName("program types against the running Linux"), () => {
  describe("every access to the context", () => {
    const accesses = (mode: AccessMode, size: number, offset: number): Uint8Array =>
      mode === "read"
        ? load(size, 0, 1, offset)
        : mode === "read_signed"
          ? loadSigned(size, 0, 1, offset)
          : store(size, 1, offset, 0);

    /** Offsets around every byte of the context; a tracepoint's 8192 bytes only at their ends. */
    function offsets({ size }: ContextLayout): number[] {
      const all = Array.from({ length: Math.min(size, 0x8000 - 16) + 24 }, (_, at) => at - 8);
      return size > 1000 ? all.filter((at) => at < 40 || at > all.length - 32) : all;
    }

    test.each(PLACES)("%s at %s", (type, attach) => {
      const { context, returns } = programRow(type, attach)!;
      const layout = context!;
      // One program for many accesses that ours takes; one for each that it refuses.
      const taken: Uint8Array[] = [];
      const refused: { mode: AccessMode; size: number; offset: number }[] = [];
      for (const mode of ["read", "read_signed", "write"] as const) {
        // There is no sign-extending load of 8 bytes.
        for (const size of mode === "read_signed" ? [1, 2, 4] : [1, 2, 4, 8]) {
          for (const offset of offsets(layout)) {
            if (contextAccess(layout, offset, size, mode) !== undefined) taken.push(accesses(mode, size, offset));
            else refused.push({ mode, size, offset });
          }
        }
      }
      const end = [set(0, returns?.max ?? 0), EXIT];
      const { ok, fd, log } = loadAt(type, attach, program(...taken, ...end), 1);
      close(fd);
      expect(ok, log).toBe(true);
      for (const { mode, size, offset } of refused) {
        const answer = loadAt(type, attach, program(accesses(mode, size, offset), ...end));
        close(answer.fd);
        expect({ mode, size, offset, ok: answer.ok }).toEqual({ mode, size, offset, ok: false });
      }
    });

    test.each(PLACES)("%s at %s: fields are the pointers that Linux makes of them", (type, attach) => {
      const { context, returns } = programRow(type, attach)!;
      for (const { name, kind, struct, read, unit, size, offset } of context!.fields) {
        if (!read || read === "any" || offset < 0) continue;
        const insns = program(load(unit ?? size, 0, 1, offset), set(0, returns?.max ?? 0), EXIT);
        const { fd, log } = loadAt(type, attach, insns, 2);
        close(fd);
        const theirs = /^0: .*; R0=([a-z_]+)/m.exec(log)?.[1];
        const ours = kind === "btf" ? `trusted_ptr_${struct}` : kind.replace("packet", "pkt");
        expect({ name, kind: ours }).toEqual({ name, kind: theirs });
      }
    });
  });

  test.each(PLACES)("%s at %s may call the same helpers", (type, attach) => {
    const theirs: (string | undefined)[] = [];
    for (let id = 1; id <= LAST_HELPER; id++) {
      const { fd, log } = loadAt(type, attach, program(call(id), set(0, 0), EXIT), 1);
      close(fd);
      if (!/program of this type cannot use helper|unknown func/.test(log)) theirs.push(helperName(id));
    }
    const ours = [...programRow(type, attach)!.helpers].filter((helper) => !LACKING.has(helper));
    expect(ours.sort()).toEqual(theirs.sort());
  });

  test.each(PLACES)("%s at %s returns the same range", (type, attach) => {
    const { returns } = programRow(type, attach)!;
    for (const value of [-4096, -1, 0, 1, 2, 3, 4, 0x7fffffff]) {
      const { ok, fd } = loadAt(type, attach, program(set(0, value), EXIT));
      close(fd);
      const ours = returns === undefined || (value >= returns.min && value <= returns.max);
      expect({ value, ok: ours }).toEqual({ value, ok });
    }
  });

  test("places where a type cannot be attached are refused", () => {
    for (const { type, defaultAttach, attachTypes } of Object.values(PROGRAMS)) {
      if (!defaultAttach || !PLACES.some(([place]) => place === type)) continue;
      for (const attach of Object.keys(ATTACH_TYPES) as AttachType[]) {
        if (attachTypes.includes(attach)) continue;
        const answers = [0, 1].map((value) => loadAt(type, attach, program(set(0, value), EXIT), 1));
        for (const { fd } of answers) close(fd);
        // Some types do not look: then the helpers differ at most.
        if (answers.some(({ ok }) => ok)) expect(LENIENT, `${type} ${attach}`).toContain(type);
      }
    }
  });

  describe("test runs", () => {
    /** A frame with an EtherType and bytes that differ. */
    function frame(length: number, type: number, first = 0): Uint8Array {
      const data = Uint8Array.from({ length }, (_, at) => (at < 6 ? first : at));
      if (length > 13) data.set([type >> 8, type & 0xff], 12);
      return data;
    }

    /** Ours without a program: what one that does nothing leaves. */
    function ours(type: ProgramType, data: Uint8Array): { run?: TestRun; memory: LinearMemory; errno?: string } {
      const memory = new LinearMemory();
      try {
        return { memory, run: prepareTestRun(memory, type, { data }) };
      } catch (error) {
        return { memory, errno: (error as TestRunError).errno };
      }
    }

    const lengths = [0, 13, 14, 15, 16, 33, 34, 53, 54, 60, 1514, 3519, 3520, 3521, 3712, 3713, 9000, 73152, 73153];
    const types = [0, 0x05ff, 0x0600, 0x0800, 0x0806, 0x8100, 0x86dd];

    test.each(PACKET_TYPES)("%s: the packet taken, refused and given back", (type) => {
      const { fd } = progLoad({ type, insns: program(set(0, 0), EXIT) });
      for (const length of lengths) {
        for (const etherType of types) {
          const data = frame(length, etherType);
          const linux = progTestRun(fd, { data, dataOutSize: 1 << 20 });
          const { run, errno } = ours(type, data);
          expect({ length, etherType, errno }).toEqual({ length, etherType, errno: linux.errno });
          if (run) expect(run.dataOut()).toEqual(linux.dataOut);
        }
      }
      close(fd);
    });

    test.each(PACKET_TYPES)("%s: what the fields hold", (type) => {
      const layout = PROGRAMS[type].context!;
      const frames = [
        ...types.map((etherType) => frame(64, etherType)),
        frame(64, 0x0806, 0xff),
        frame(64, 0x0806, 2),
        frame(16, 0, 0xff).fill(0xff, 14),
      ];
      for (const { name, offset, unit, size, object } of layout.fields.filter((f) => f.read && f.kind === "scalar")) {
        const { fd } = progLoad({ type, insns: program(load(unit ?? size, 0, 1, offset), EXIT) });
        for (const data of frames) {
          const { retval } = progTestRun(fd, { data });
          const { run, memory } = ours(type, data);
          const bytes = memory.u8.slice(
            run!.context + object!.offset,
            run!.context + object!.offset + Math.min(object!.size, 4),
          );
          const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
          expect({ name, value }).toEqual({ name, value: retval });
        }
        close(fd);
      }
    });

    test("data to data_end is what lies in one piece", () => {
      for (const type of ["sched_cls", "xdp"] as const) {
        const [data, end] = type === "xdp" ? [0, 4] : [76, 80];
        const { fd } = progLoad({
          type,
          insns: program(load(4, 2, 1, data), load(4, 0, 1, end), slot(0x1f, 0, 2), EXIT),
        });
        const { members } = type === "xdp" ? XDP_BUFF : SK_BUFF;
        for (const length of [14, 60, 3520, ...(type === "xdp" ? [3521, 9000] : [])]) {
          const packet = frame(length, 0x0806);
          const { run, memory } = ours(type, packet);
          const at = (field: { offset: number }): number => memory.view.getUint32(run!.context + field.offset, true);
          expect(at(members.data_end) - at(members.data)).toBe(progTestRun(fd, { data: packet }).retval);
        }
        close(fd);
      }
    });
  });
});
