/** BPF_PROG_TEST_RUN of every type that has one: what it takes, what the program sees, and what comes back. */
import { describe, expect, test } from "vitest";
import { decode, toHex } from "../../src/isa/encode.ts";
import type { RunInput } from "../../src/linux/bpf/prepared-run.ts";
import { testRun } from "../../src/linux/bpf/test-run.ts";
import { attachNumber, PROGRAMS } from "../../src/programs/table.ts";
import type { TestRunError } from "../../src/programs/test-run.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { available, close, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { SharedMachine } from "./shared-machine.ts";
import { EXIT, load, program, set, slot } from "./slots.ts";

const machine = new SharedMachine();

/** What either Linux says of a run. */
type Outcome = { errno: string } | { retval: number; dataOut: string; contextOut: string };

interface Runs {
  linux(input: RunInput & { readonly context?: Uint8Array }): Outcome;
  ours(input: RunInput): Outcome;
}

/** Linux copies a context out only where it is asked to: raw tracepoints and system calls refuse that. */
const NO_CONTEXT_OUT: ReadonlySet<ProgramType> = new Set(["raw_tracepoint", "syscall"]);

function both(type: ProgramType, insns: Uint8Array, use: (runs: Runs) => void): void {
  const flags = type === "syscall" ? 1 << 4 : 0;
  const attach = attachNumber(PROGRAMS[type]);
  const loaded = progLoad({ type, insns, flags, expectedAttachType: attach, logLevel: 1 });
  expect(loaded.ok, loaded.log).toBe(true);
  const bpf = machine.fresh();
  const mine = bpf.load({ type, name: "run", insns: decode(insns), maps: [], license: "GPL" });
  const plain = NO_CONTEXT_OUT.has(type);
  try {
    use({
      linux({ data, context }) {
        const answer = progTestRun(loaded.fd, {
          ...(data ? { data } : {}),
          ...(context ? { ctx: context, ctxOut: !plain } : {}),
          ...(plain ? { repeat: 0 } : {}),
        });
        if (!answer.ok) return { errno: answer.errno! };
        return { retval: answer.retval, dataOut: toHex(answer.dataOut), contextOut: toHex(answer.ctxOut) };
      },
      ours(input) {
        try {
          const { retval, dataOut, contextOut } = testRun(bpf, mine, input);
          return { retval, dataOut: toHex(dataOut), contextOut: contextOut && !plain ? toHex(contextOut) : "" };
        } catch (error) {
          return { errno: (error as TestRunError).errno };
        }
      },
    });
  } finally {
    close(loaded.fd);
  }
}

function frame(length: number, etherType: number): Uint8Array {
  const data = Uint8Array.from({ length }, (_, at) => 7 * at);
  if (length > 13) data.set([etherType >> 8, etherType & 0xff], 12);
  return data;
}

/** A context of zeros with a 32-bit number somewhere. */
function context(size: number, ...words: readonly (readonly [at: number, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, value] of words) new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
}

const SKB_TYPES = [
  "socket_filter",
  "sched_cls",
  "sched_act",
  "cgroup_skb",
  "lwt_in",
  "lwt_out",
  "lwt_xmit",
] as const satisfies readonly ProgramType[];
const FRAMES = [0x0800, 0x86dd, 0x0806].map((type) => frame(90, type));

describe.skipIf(!available)(suiteName("test runs against the running Linux"), () => {
  test.each(SKB_TYPES)("%s: sizes of packets", (type) => {
    both(type, program(set(0, 1), EXIT), ({ linux, ours }) => {
      for (const length of [0, 13, 14, 33, 34, 53, 54, 60, 3712, 3713]) {
        for (const etherType of [0x0800, 0x86dd, 0x0806]) {
          const data = frame(length, etherType);
          expect({ length, etherType, ...ours({ data }) }).toEqual({ length, etherType, ...linux({ data }) });
        }
      }
      expect(ours({})).toEqual(linux({}));
    });
  });

  test.each(SKB_TYPES)("%s: every field of the context, and what comes back", (type) => {
    const { fields } = PROGRAMS[type].context!;
    const contexts = [
      undefined,
      new Uint8Array(192),
      context(192, [8, 77], [32, 5], [36, 9], [48, 1], [64, 8], [160, 200]),
    ];
    contexts.push(context(192, [152, 3], [164, 7], [176, 100], [184, 5], [40, 1]));
    const offset = (type: string): number => (type === "sched_cls" || type === "sched_act" ? 0 : 14);
    for (const { name, offset: at, size, unit = size, kind, read } of fields) {
      if (!read || kind !== "scalar") continue;
      for (let part = 0; part < size; part += unit) {
        const fit = type === "cgroup_skb" ? [slot(0x57, 0, 0, 0, 1)] : [];
        both(type, program(load(unit, 0, 1, at + part), ...fit, EXIT), ({ linux, ours }) => {
          for (const given of contexts) {
            for (const data of FRAMES) {
              const input = given ? { data, context: given } : { data };
              const label = `${name}+${part} ${offset(type)} ${data[12]} ${given?.join("")}`;
              expect({ label, ...ours(input) }).toEqual({ label, ...linux(input) });
            }
          }
        });
      }
    }
  });

  test.each(["sched_cls", "cgroup_skb"] as const)("%s: which bytes of the context can be chosen", (type) => {
    both(type, program(set(0, 1), EXIT), ({ linux, ours }) => {
      const data = frame(64, 0x0806);
      for (let at = 0; at < 192; at += 4) {
        for (const value of [1, 64, 70_000]) {
          const input = { data, context: context(192, [at, value]) };
          expect({ at, value, ...ours(input) }).toEqual({ at, value, ...linux(input) });
        }
      }
      for (const given of [new Uint8Array(200), new Uint8Array(200).fill(1, 196)]) {
        const input = { data, context: given };
        expect(ours(input)).toEqual(linux(input));
      }
    });
  });

  test("what traffic control writes into a context comes back", () => {
    const insns = program(set(2, 0x1234), ...[8, 32, 44, 48, 64].map((at) => slot(0x63, 1, 2, at)), set(0, 0), EXIT);
    both("sched_cls", insns, ({ linux, ours }) => {
      const input = { data: frame(64, 0x0806), context: context(192, [36, 1]) };
      expect(ours(input)).toEqual(linux(input));
    });
  });

  test("packets have a socket", () => {
    // sk, its common fields; skb->sk is not NULL.
    for (const at of [4, 24, 44, 48, 52, 56, 72, 76]) {
      const insns = program(
        load(8, 1, 1, 168),
        set(0, 7),
        slot(0x15, 1, 0, 1, 0),
        load(at === 48 ? 2 : 4, 0, 1, at),
        EXIT,
      );
      both("sched_cls", insns, ({ linux, ours }) => {
        for (const data of FRAMES) expect({ at, ...ours({ data }) }).toEqual({ at, ...linux({ data }) });
      });
    }
  });

  test("xdp: metadata, devices and what is in one piece", () => {
    const insns = program(
      load(4, 2, 1, 0),
      load(4, 0, 1, 4),
      slot(0x1f, 0, 2),
      load(4, 3, 1, 12),
      slot(0x0f, 0, 3),
      EXIT,
    );
    both("xdp", insns, ({ linux, ours }) => {
      for (const length of [14, 64, 3520, 5000]) {
        const data = frame(length, 0x0806);
        for (const meta of [0, 2, 4, 32, 64, 216, 220, 252]) {
          for (const end of [0, 13, 14, 60, 64, 3520, 5000]) {
            const input = { data, context: context(24, [0, meta], [4, end]) };
            expect({ length, meta, end, ...ours(input) }).toEqual({ length, meta, end, ...linux(input) });
          }
        }
      }
      const data = frame(64, 0x0806);
      for (const words of [
        [8, 1],
        [12, 1],
        [12, 0x7ffffff],
        [16, 1],
        [20, 1],
      ] as const) {
        const input = { data, context: context(24, [4, 64], words) };
        expect({ words, ...ours(input) }).toEqual({ words, ...linux(input) });
      }
      const queue = { data, context: context(24, [4, 64], [12, 1], [16, 5]) };
      expect(ours(queue)).toEqual(linux(queue));
    });
  });

  test("flow_dissector: keys found, clamped and given back", () => {
    // keys = ctx->flow_keys; nhoff, thoff, ip_proto, addr and what was there before.
    const insns = (network: number, transport: number): Uint8Array =>
      program(
        load(8, 2, 1, 144),
        load(2, 3, 2, 10),
        load(4, 4, 2, 48),
        load(2, 5, 2, 0),
        slot(0x0f, 3, 4),
        slot(0x0f, 3, 5),
        slot(0x63, 2, 3, 16),
        set(3, network),
        slot(0x6b, 2, 3, 0),
        set(3, transport),
        slot(0x6b, 2, 3, 2),
        set(0, 0),
        EXIT,
      );
    for (const [network, transport] of [
      [14, 34],
      [0, 0],
      [60, 20],
      [5000, 9000],
      [30, 64],
    ] as const) {
      both("flow_dissector", insns(network, transport), ({ linux, ours }) => {
        for (const length of [0, 13, 14, 64, 4096, 4097]) {
          const input = { data: frame(length, 0x0800) };
          expect({ length, ...ours(input) }).toEqual({ length, ...linux(input) });
        }
        for (const given of [context(56, [48, 3]), context(56, [0, 1]), context(56, [52, 1]), new Uint8Array(56)]) {
          const input = { data: frame(64, 0x86dd), context: given };
          expect(ours(input)).toEqual(linux(input));
        }
      });
    }
  });

  test("flow_dissector: the packet between data and data_end", () => {
    const insns = program(load(4, 2, 1, 76), load(4, 0, 1, 80), slot(0x1f, 0, 2), EXIT);
    both("flow_dissector", insns, ({ linux, ours }) => {
      for (const length of [14, 64, 4096])
        expect(ours({ data: frame(length, 1) })).toEqual(linux({ data: frame(length, 1) }));
    });
  });

  test("raw_tracepoint: arguments, as many as the program reads", () => {
    for (const at of [0, 8, 88]) {
      both("raw_tracepoint", program(load(8, 0, 1, at), EXIT), ({ linux, ours }) => {
        for (const size of [0, 8, 16, 95, 96, 97, 104]) {
          const input = { context: Uint8Array.from({ length: size }, (_, i) => i + 1) };
          expect({ at, size, ...ours(input) }).toEqual({ at, size, ...linux(input) });
        }
        expect(ours({ data: frame(64, 1) })).toEqual(linux({ data: frame(64, 1) }));
      });
    }
  });

  test("syscall: any bytes", () => {
    const insns = program(load(4, 2, 1, 4), slot(0x07, 2, 0, 0, 3), slot(0x63, 1, 2, 8), load(4, 0, 1, 8), EXIT);
    both("syscall", insns, ({ linux, ours }) => {
      for (const size of [0, 8, 11, 12, 4096, 65535, 65536]) {
        const input = { context: Uint8Array.from({ length: size }, (_, i) => i + 1) };
        expect({ size, ...ours(input) }).toEqual({ size, ...linux(input) });
      }
      expect(ours({ data: frame(64, 1) })).toEqual(linux({ data: frame(64, 1) }));
    });
  });

  test("sk_lookup: addresses as the program sees them, and errors", () => {
    const { fields } = PROGRAMS.sk_lookup.context!;
    const words = [16, 20, 24, 32, 36, 40, 44, 56, 60] as const;
    const of = (family: number): Uint8Array =>
      context(
        72,
        [0, 5],
        [8, family],
        [12, 6],
        ...words.map((at): [number, number] => [at, at === 36 ? 0x3412 : at * 3]),
      );
    for (const { offset, size, unit = size, kind, read } of fields) {
      if (!read || kind !== "scalar") continue;
      for (let part = 0; part < size; part += unit) {
        // The value itself cannot be returned: whether it is what it is expected to be.
        for (const family of [2, 10]) {
          const value = new DataView(of(family).buffer).getUint16(offset + part, true);
          const insns = program(
            load(unit, 2, 1, offset + part),
            set(0, 1),
            slot(0x15, 2, 0, 1, value),
            set(0, 0),
            EXIT,
          );
          both("sk_lookup", insns, ({ linux, ours }) => {
            const input = { context: of(family) };
            expect({ offset, part, family, ...ours(input) }).toEqual({ offset, part, family, ...linux(input) });
          });
        }
      }
    }
    both("sk_lookup", program(set(0, 1), EXIT), ({ linux, ours }) => {
      const inputs: RunInput[] = [
        {},
        { context: context(72, [8, 1]) },
        { context: context(72, [8, 2], [60, 65536]) },
        { context: context(72, [8, 2], [64, 1]) },
        { context: context(72, [8, 0x10002]) },
        { context: context(80, [8, 2]) },
        { context: context(80, [8, 2], [72, 1]) },
        { data: frame(64, 1), context: context(72, [8, 2]) },
      ];
      for (const input of inputs) expect(ours(input)).toEqual(linux(input as { context?: Uint8Array }));
    });
  });

  test("types without a test run", () => {
    const refused = [
      "kprobe",
      "tracepoint",
      "perf_event",
      "lwt_seg6local",
      "cgroup_device",
      "raw_tracepoint_writable",
    ] as const;
    for (const type of refused) {
      both(type, program(set(0, 0), EXIT), ({ linux, ours }) => {
        const input = { data: frame(64, 1) };
        expect({ type, ...ours(input) }).toEqual({ type, ...linux(input) });
      });
    }
  });
});
