import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { helperId } from "../../../src/helpers/names.ts";
import { decode } from "../../../src/isa/encode.ts";
import { BpfSubsystem } from "../../../src/linux/bpf/subsystem.ts";
import { testRun } from "../../../src/linux/bpf/test-run.ts";
import { Linux } from "../../../src/linux/linux.ts";
import type { MapSpec } from "../../../src/maps/spec.ts";
import * as packet from "../../../src/packets/build.ts";
import { anyPacket } from "../../packets/arbitrary.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, suiteName } from "../bpf.ts";
import { add, call, EXIT, load, move, program, set, slot, wide } from "../slots.ts";

/** Results and memory of helpers: 8 bytes a result from 0 on, memory to be read and written from 1024 on. */
const SIZE = 4096;
const MEMORY = 1024;
const VALUE: MapSpec = { name: "value", type: "array", keySize: 4, valueSize: SIZE, maxEntries: 1, flags: 0 };
const DEVICES: MapSpec = { name: "devices", type: "devmap", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 };
const KEY = new Uint8Array(4);
const INPUT = Uint8Array.from({ length: SIZE }, (_, at) => (at < MEMORY ? 0 : at * 37));

type Type = "xdp" | "sched_cls" | "socket_filter";

/** `ctx`: the context; `mem`: memory of that value at a place; a map by its index; or a number. */
type Arg = "ctx" | "devices" | { readonly mem: number } | number | bigint;
interface Call {
  readonly name: string;
  readonly args: readonly Arg[];
}

/** `*(u64 *)(r0 + at) = r7` */
const keep = (at: number): Uint8Array => slot(0x7b, 0, 7, at);

function argument(register: number, arg: Arg): readonly Uint8Array[] {
  if (arg === "ctx") return [move(register, 6)];
  if (arg === "devices") return wide(register, 1, 1);
  if (typeof arg === "object") return [...wide(register, 0, 2), add(register, MEMORY + arg.mem)];
  return wide(register, arg);
}

/** Fields of `__sk_buff` that helpers change: len, pkt_type, protocol, vlan_present, vlan_tci, vlan_proto. */
const FIELDS: Readonly<Record<Type, readonly number[]>> = {
  xdp: [],
  sched_cls: [0, 4, 16, 20, 24, 28],
  socket_filter: [0, 4, 16],
};

/** A program that makes the calls and keeps what each gave, and what the context says then; returns the last result. */
function programOf(type: Type, calls: readonly Call[]): Uint8Array {
  let at = 0;
  const keeping = (): readonly Uint8Array[] => {
    const slots = [...wide(0, 0, 2), keep(at)];
    at += 8;
    return slots;
  };
  return program(
    [move(6, 1), set(7, 0)],
    ...calls.map(({ name, args }) => [
      ...args.flatMap((arg, index) => argument(index + 1, arg)),
      ...[call(helperId(name)!), move(7, 0), ...keeping()],
      ...FIELDS[type].flatMap((field) => [move(8, 7), load(4, 7, 6, field), ...keeping(), move(7, 8)]),
    ]),
    [move(0, 7), EXIT],
  );
}

interface Outcome {
  readonly retval: number;
  readonly value: readonly (bigint | number)[];
  readonly data: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function outcome(retval: number, value: Uint8Array, data: Uint8Array): Outcome {
  const results = new BigInt64Array(value.slice(0, MEMORY).buffer);
  return { retval: retval | 0, value: [...results.slice(0, 40), ...value.slice(MEMORY)], data: hex(data) };
}

function onLinux(type: Type, insns: Uint8Array, data: Uint8Array): Outcome {
  const { fd: value } = mapCreate(VALUE);
  const { fd: devices } = mapCreate(DEVICES);
  mapUpdate(value, KEY, INPUT);
  mapUpdate(devices, Uint8Array.of(2, 0, 0, 0), Uint8Array.of(1, 0, 0, 0));
  const { fd, ok, log } = progLoad({ type, insns, mapFds: [value, devices], logLevel: 1 });
  try {
    expect(ok, log.slice(-600)).toBe(true);
    const { retval, dataOut, errno } = progTestRun(fd, { data, dataOutSize: 1 << 17 });
    expect(errno).toBeUndefined();
    return outcome(retval, mapLookup(value, KEY, SIZE).value!, dataOut);
  } finally {
    for (const each of [fd, value, devices]) close(each);
  }
}

const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));

function onMachine(type: Type, insns: Uint8Array, data: Uint8Array, engine: "jit" | "interp"): Outcome {
  const { memory } = bpf.host;
  const spec = { type, name: "packets", insns: decode(insns), maps: [VALUE, DEVICES], license: "GPL" };
  const loaded = bpf.load(spec, { engine });
  const [value, devices] = loaded.maps;
  const at = memory.allocate(SIZE);
  memory.u8.fill(0, at, at + 4);
  const place = value.lookup(at);
  memory.u8.set(INPUT, place);
  memory.view.setUint32(at, 2, true);
  memory.view.setUint32(at + 4, 1, true);
  devices.userUpdate(at, at + 4, 0);
  const { retval, dataOut } = testRun(bpf, loaded, { data });
  return outcome(retval, memory.u8.slice(place, place + SIZE), dataOut);
}

function compare(type: Type, calls: readonly Call[], data: Uint8Array): void {
  const insns = programOf(type, calls);
  const expected = onLinux(type, insns, data);
  expect(onMachine(type, insns, data, "interp")).toEqual(expected);
  expect(onMachine(type, insns, data, "jit")).toEqual(expected);
}

const near = (...around: readonly number[]): fc.Arbitrary<number> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(...around), fc.integer({ min: -3, max: 3 })).map(([a, b]) => a + b),
    },
    { weight: 1, arbitrary: fc.constantFrom(-1, 0x7fffffff, -0x80000000, 0xffff, 0x10000) },
  );
const offset = fc.oneof(fc.nat(80), near(0, 14, 34, 54));
const size = fc.integer({ min: 1, max: 64 });
const memory = fc.nat(100).map((mem): Arg => ({ mem }));
/** Mostly none; sometimes those that a helper knows, sometimes what nobody knows. */
const flags = (...known: readonly (number | bigint)[]): fc.Arbitrary<Arg> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Arg>(0) },
    {
      weight: 5,
      arbitrary: fc.subarray([...known]).map((some): Arg => some.reduce((all: bigint, each) => all | BigInt(each), 0n)),
    },
    { weight: 1, arbitrary: fc.constantFrom<Arg>(1 << 20, 1n << 32n, -1n) },
  );
const number = fc.oneof(fc.integer(), fc.nat(0xffff), fc.constant(0));
const invoke = (name: string, ...args: readonly (fc.Arbitrary<Arg> | "ctx")[]): fc.Arbitrary<Call> =>
  fc
    .tuple(...args.map((arg) => (arg === "ctx" ? fc.constant<Arg>("ctx") : arg)))
    .map((values) => ({ name, args: values }));

const READS = [
  invoke("skb_load_bytes", "ctx", offset, memory, size),
  invoke("skb_load_bytes_relative", "ctx", offset, memory, size, fc.constantFrom(0, 1, 2)),
];

const sizeFlags = fc.constantFrom<Arg>(0, 2, 4, 3, 6);
const l4Flags = fc
  .tuple(fc.constantFrom(0, 2, 4, 3), fc.subarray([0x10, 0x20, 0x40, 0x80]))
  .map(([bytes, more]): Arg => more.reduce((all, each) => all | each, bytes));

const SKB = [
  ...READS,
  invoke("skb_store_bytes", "ctx", offset, memory, size, flags(1, 2)),
  invoke("skb_pull_data", "ctx", offset),
  invoke("l3_csum_replace", "ctx", offset, number, number, sizeFlags),
  invoke("l3_csum_replace", "ctx", offset, fc.constant(0), number, fc.constant(0)),
  invoke("l4_csum_replace", "ctx", offset, number, number, l4Flags),
  invoke("l4_csum_replace", "ctx", offset, fc.constant(0), number, fc.constantFrom(0, 0x20)),
  invoke("csum_update", "ctx", number),
  invoke("csum_level", "ctx", fc.constantFrom<Arg>(0, 1, 2, 3, 4, 1n << 32n)),
  invoke("skb_change_tail", "ctx", fc.oneof(fc.nat(200), near(14, 34, 4096, 16064)), flags()),
  invoke("skb_change_head", "ctx", fc.oneof(fc.nat(60), near(0, 4, 16000)), flags()),
  invoke("skb_change_proto", "ctx", fc.constantFrom(0x0008, 0xdd86, 0x0608), flags()),
  invoke("skb_set_tstamp", "ctx", fc.constantFrom<Arg>(0, 5, 1n << 40n), fc.constantFrom<Arg>(0, 1, 2, 3)),
  invoke("get_route_realm", "ctx"),
  invoke("skb_get_tunnel_key", "ctx", memory, fc.constantFrom<Arg>(4, 8, 20, 28, 44), flags(1, 2)),
  invoke("skb_get_tunnel_opt", "ctx", memory, size),
  invoke("skb_get_xfrm_state", "ctx", fc.constantFrom<Arg>(0, 1), memory, fc.constantFrom<Arg>(20, 24, 32), flags()),
  invoke("skb_change_type", "ctx", fc.constantFrom<Arg>(0, 1, 2, 3, 4, 0x100, -1)),
  invoke(
    "skb_adjust_room",
    "ctx",
    fc.oneof(near(-20, -40, 0, 20, 40, 4095, -4095), fc.integer({ min: -60, max: 60 })),
    fc.constantFrom(0, 0, 1, 1, 2),
    flags(1, 2, 4, 8, 16, 32, 64, 128, 256, 14n << 56n, 20n << 56n),
  ),
  invoke(
    "skb_adjust_room",
    "ctx",
    fc.constantFrom(-20, 20, 40, 48),
    fc.constantFrom(0, 1),
    fc.constantFrom<Arg>(0, 2, 4, 32, 128, 256),
  ),
  invoke("skb_vlan_push", "ctx", fc.constantFrom(0x0081, 0xa888, 0x1234), fc.nat(0x1ffff)),
  invoke("skb_vlan_push", "ctx", fc.constantFrom(0x0081, 0xa888), fc.nat(0xffff)),
  invoke("skb_vlan_pop", "ctx"),
  invoke("set_hash", "ctx", number),
  invoke("set_hash_invalid", "ctx"),
  invoke("redirect", fc.constantFrom(0, 1, 999), flags(1)),
  invoke("redirect_peer", fc.constantFrom(0, 1, 999), flags(1)),
  invoke("redirect_neigh", fc.constantFrom(0, 1, 999), memory, fc.constantFrom(0, 4, 19, 20, 24), flags(1)),
];

const by = fc.oneof(
  fc.integer({ min: -60, max: 60 }),
  near(0, -216, -256, 64, 3456, 3520, -14),
  fc.constantFrom(-4, -8, 4),
);

const XDP = [
  invoke("xdp_adjust_head", "ctx", by),
  invoke("xdp_adjust_tail", "ctx", by),
  invoke("xdp_adjust_meta", "ctx", fc.oneof(by, fc.constantFrom(-4, -32, -252, -256))),
  invoke("xdp_get_buff_len", "ctx"),
  invoke("xdp_load_bytes", "ctx", offset, memory, size),
  invoke("xdp_store_bytes", "ctx", offset, memory, size),
  invoke("redirect", fc.constantFrom(0, 1, 999), flags(1)),
  invoke(
    "redirect_map",
    fc.constant<Arg>("devices"),
    fc.nat(5),
    fc.oneof(flags(8, 16), fc.constantFrom<Arg>(1, 2, 3, 4)),
  ),
];

const sequence = (calls: readonly fc.Arbitrary<Call>[]): fc.Arbitrary<readonly Call[]> =>
  fc.array(fc.oneof(...calls), { minLength: 1, maxLength: 5 });

const numRuns = process.env.BPFBOOK_NIGHT ? 20_000 : 200;

describe.skipIf(!available)(suiteName("helpers on packets against the running Linux"), () => {
  test("socket filters read", () => {
    fc.assert(
      fc.property(sequence(READS), anyPacket, (calls, data) => compare("socket_filter", calls, data)),
      { numRuns: numRuns / 2 },
    );
  });

  // By itself: where Linux looks behind a VLAN tag after headers were moved depends on `mac_len`, which the machine has not.
  test("traffic control marks congestion", () => {
    const marks = fc.array(invoke("skb_ecn_set_ce", "ctx"), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(marks, anyPacket, fc.nat(255), (calls, data, tos) => {
        const bytes = data.slice();
        if (bytes.length > 16) bytes[15] = tos;
        compare("sched_cls", calls, bytes);
      }),
      { numRuns },
    );
  });

  test("traffic control reads and changes: results, contexts, packets", () => {
    fc.assert(
      fc.property(sequence(SKB), anyPacket, (calls, data) => compare("sched_cls", calls, data)),
      { numRuns: 3 * numRuns },
    );
  });

  test("a packet that needs more room than there is moves, and then its transport header counts", () => {
    const head = (room: number): Call => ({ name: "skb_change_head", args: ["ctx", room, 0] });
    const tail = (length: number): Call => ({ name: "skb_change_tail", args: ["ctx", length, 0] });
    for (const calls of [
      [head(64), tail(70)],
      [head(65), tail(1)],
      [head(64), tail(78), head(1), tail(0)],
    ])
      compare("sched_cls", calls, packet.tcp());
  });

  test("XDP moves starts, ends and metadata", () => {
    fc.assert(
      fc.property(sequence(XDP), anyPacket, (calls, data) => compare("xdp", calls, data)),
      { numRuns: 2 * numRuns },
    );
  });

  test("XDP with fragments", () => {
    const long = fc
      .integer({ min: 3521, max: 13000 })
      .map((length) => packet.ethernet({ payload: new Uint8Array(length - 14).map((_, at) => at * 7) }));
    const far = fc.oneof(offset, near(3520, 4096, 7616), fc.nat(13000));
    const calls = [
      ...XDP,
      invoke("xdp_load_bytes", "ctx", far, memory, size),
      invoke("xdp_store_bytes", "ctx", far, memory, size),
      invoke("xdp_adjust_tail", "ctx", fc.oneof(fc.integer({ min: -13000, max: 4100 }), near(-4096, 4096))),
    ];
    fc.assert(
      fc.property(sequence(calls), long, (calls, data) => compare("xdp", calls, data)),
      { numRuns: numRuns / 2 },
    );
  });
});
