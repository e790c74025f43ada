import { describe, expect, test } from "vitest";
import { ArgumentError, asm, Machine, packet } from "../../src/index.ts";

const m = new Machine();

describe("a program run on a context", () => {
  test("a kprobe sees the registers that it is given, by either name", () => {
    const probe = m.load(asm({ type: "kprobe" })`r0 = *(u64 *)(r1 + 112)
      r2 = *(u64 *)(r1 + 104)
      r0 += r2
      exit`);
    expect(probe.run({ context: { rdi: 40, si: 2n } }).retval).toBe(42);
    expect(probe.run({}).retval).toBe(0);
    expect(probe.trace({ context: { rdi: 1 } }).result).toBe(1n);
    using debug = probe.debug({ context: { rdi: 5 } });
    expect(debug.measure(10)).toEqual({ executed: 4, result: 5n });
  });

  test("a tracepoint sees a record, by the names of the event's fields", () => {
    const pid = m.load(asm({ type: "tracepoint" })`r0 = *(u32 *)(r1 + 24); exit`);
    const context = { prev_comm: "bash", prev_pid: 77 };
    expect(pid.run({ event: "sched:sched_switch", context }).retval).toBe(77);
    const bytes = new Uint8Array(32);
    bytes[24] = 9;
    expect(pid.run({ context: bytes }).retval).toBe(9);
    const comm = m.load(asm({ type: "tracepoint" })`r0 = *(u8 *)(r1 + 9); exit`);
    expect(comm.run({ event: "sched:sched_switch", context }).retval).toBe("a".charCodeAt(0));
  });

  test("traffic control is told a mark and tells what it made of it", () => {
    const mark = m.load(asm({ type: "sched_cls" })`r2 = *(u32 *)(r1 + 8)
      r2 += 1
      *(u32 *)(r1 + 8) = r2
      r0 = 0
      exit`);
    const { contextOut } = mark.run({ data: packet.udp(), context: { mark: 7, cb: [1, 2] } });
    expect(new DataView(contextOut!.buffer).getUint32(8, true)).toBe(8);
    expect(contextOut![52]).toBe(2);
    expect(mark.run(packet.udp()).contextOut).toBeUndefined();
  });

  test("xdp: metadata before the packet", () => {
    const meta = m.load(asm({ type: "xdp" })`r2 = *(u32 *)(r1 + 8)
      r0 = *(u32 *)(r1 + 0)
      r0 -= r2
      exit`);
    expect(meta.run({ data: packet.udp(), context: { data: 8 } }).retval).toBe(8);
  });

  test("a flow dissector's keys are its data", () => {
    const keys = m.load(asm({ type: "flow_dissector" })`r2 = *(u64 *)(r1 + 144)
      r3 = 17
      *(u8 *)(r2 + 9) = r3
      r0 = 0
      exit`);
    expect(keys.run({ data: packet.udp(), context: { flags: 1 } }).dataOut[9]).toBe(17);
  });

  test.each([
    [{ event: "sched:nothing", context: { a: 1 } }, /event must be the tracepoint/],
    [{ event: "sched:sched_switch", context: { pid: 1 } }, /context\.pid must be one of prev_comm, prev_pid/],
    [{ context: { prev_pid: 1 } }, /event must be the tracepoint/],
    [{ context: new Uint8Array(9000) }, /9000 bytes/],
    [{ context: 5 as never }, /context must be bytes or an object/],
  ])("what is no context of a tracepoint: %j", (input, message) => {
    const nothing = m.load(asm({ type: "tracepoint" })`r0 = 0; exit`);
    expect(() => nothing.run(input)).toThrow(message);
  });

  test.each([
    [{ nothing: 1 }, /no member nothing/],
    [{ mark: 2 ** 32 }, /whole number of 32 bits/],
    [{ mark: 1.5 }, /whole number of 32 bits/],
    [{ cb: [1, 2, 3, 4, 5, 6] }, /at most 5 numbers/],
    [{ mark: {} as never }, /context\.mark/],
    [{ protocol: 8 }, /can be chosen: mark/],
  ])("what is no context of a packet: %j", (context, message) => {
    const nothing = m.load(asm({ type: "sched_cls" })`r0 = 0; exit`);
    expect(() => nothing.run({ data: packet.udp(), context })).toThrow(message);
  });

  test("contexts of types that have none", () => {
    const raw = m.load(asm({ type: "raw" })`r0 = 0; exit`);
    expect(() => raw.run({ context: { a: 1 } })).toThrow(ArgumentError);
  });
});
