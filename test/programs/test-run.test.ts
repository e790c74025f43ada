import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DIRECT_MAP_HIGH, LinearMemory } from "../../src/memory/memory.ts";
import { type ObjectLayout, SK_BUFF, XDP_BUFF } from "../../src/memory/objects.ts";
import { prepareTestRun, TestRunError } from "../../src/programs/test-run.ts";
import type { ProgramType } from "../../src/programs/types.ts";

const packetTypes = ["socket_filter", "sched_cls", "xdp"] as const;

/** An Ethernet frame of a protocol that Linux does not look into. */
function frame(length: number, etherType = 0x0806): Uint8Array {
  const data = Uint8Array.from({ length }, (_, at) => at + 1);
  data.set([etherType >> 8, etherType & 0xff], 12);
  return data;
}

function prepare(type: ProgramType, data: Uint8Array) {
  const memory = new LinearMemory();
  const run = prepareTestRun(memory, type, { data });
  const { members }: ObjectLayout<string> = type === "xdp" ? XDP_BUFF : SK_BUFF;
  /** A member's value; of a pointer the offset. */
  const get = (name: string): number => {
    const { offset, size } = members[name];
    const at = run.context + offset;
    return size === 1 ? memory.u8[at] : size === 2 ? memory.view.getUint16(at, true) : memory.view.getUint32(at, true);
  };
  const set = (name: string, value: number): void =>
    memory.view.setUint32(run.context + members[name].offset, value, true);
  return { memory, run, get, set, members };
}

describe("a test run", () => {
  test.each(packetTypes)("of %s gives back what it was given", (type) => {
    fc.assert(
      fc.property(fc.integer({ min: 14, max: 3712 }), (length) => {
        const data = frame(length);
        const expected = data.slice();
        if (type === "socket_filter") expected.fill(0, 0, 14);
        expect(prepare(type, data).run.dataOut()).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test.each(packetTypes)("of %s has addresses of the direct map", (type) => {
    const { memory, run, members } = prepare(type, frame(60));
    for (const name of ["data", "data_end", "data_meta"])
      expect(memory.view.getInt32(run.context + members[name].offset + 4, true)).toBe(DIRECT_MAP_HIGH);
  });

  test("traffic control sees the whole frame, a socket filter what follows the Ethernet header", () => {
    const whole = prepare("sched_cls", frame(60));
    const payload = prepare("socket_filter", frame(60));
    expect([whole.get("len"), payload.get("len")]).toEqual([60, 46]);
    expect([whole.memory.u8[whole.get("data")], payload.memory.u8[payload.get("data")]]).toEqual([1, 15]);
    for (const { get } of [whole, payload]) {
      expect(get("data_end") - get("data")).toBe(get("len"));
      expect(get("data_meta")).toBe(get("data"));
      // ETH_P_ARP as the two bytes of the wire; the loopback device; for a group, as the first bit says.
      expect([get("protocol"), get("ifindex"), get("pkt_type"), get("mark")]).toEqual([0x0608, 1, 2, 0]);
    }
  });

  test("XDP sees one page, the rest stays behind it", () => {
    const small = prepare("xdp", frame(64));
    expect([
      small.get("data_end") - small.get("data"),
      small.get("ingress_ifindex"),
      small.get("rx_queue_index"),
    ]).toEqual([64, 1, 0]);
    expect(small.get("data") - small.get("data_hard_start")).toBe(256);
    const big = prepare("xdp", frame(9000));
    expect(big.get("data_end") - big.get("data")).toBe(3520);
    expect(big.run.dataOut()).toEqual(frame(9000));
  });

  test("shows what the program changed: bytes, start and end", () => {
    const { memory, run, get, set } = prepare("xdp", frame(64));
    memory.u8[get("data")] = 99;
    set("data", get("data") - 4);
    set("data_meta", get("data"));
    set("data_end", get("data_end") - 10);
    expect([...run.dataOut()]).toEqual([0, 0, 0, 0, 99, ...frame(64).slice(1, 54)]);
  });

  test("survives a growing memory, and gives its memory back", () => {
    const { memory, run } = prepare("sched_cls", frame(64));
    memory.allocate(8 << 20);
    expect(run.dataOut()).toEqual(frame(64));
    run.free();
    expect(prepareTestRun(memory, "sched_cls", { data: frame(64) }).context).toBe(run.context);
  });

  test.each([
    ["xdp", frame(14).slice(1), "EINVAL"],
    ["xdp", new Uint8Array(0), "EINVAL"],
    ["xdp", frame(73153), "ENOMEM"],
    ["sched_cls", frame(3713), "EINVAL"],
    ["socket_filter", frame(33, 0x0800), "EINVAL"],
    ["sched_cls", frame(53, 0x86dd), "EINVAL"],
    ["tracepoint", frame(64), "ENOTSUPP"],
    ["perf_event", frame(64), "ENOTSUPP"],
    ["raw", frame(64), "ENOTSUPP"],
  ] as const)("of %s is refused as Linux does, with what to do", (type, data, errno) => {
    try {
      prepareTestRun(new LinearMemory(), type, { data });
      expect.fail("it was taken");
    } catch (error) {
      expect(error).toBeInstanceOf(TestRunError);
      expect(error).toMatchObject({ errno });
      expect((error as TestRunError).hint).not.toBe("");
    }
  });
});
