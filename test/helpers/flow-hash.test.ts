import { beforeEach, expect, test } from "vitest";
import * as packet from "../../src/packets/build.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import { BareHost } from "./bare-host.ts";

let host: BareHost;
beforeEach(() => {
  host = new BareHost();
});

const hash = (bytes: Uint8Array): bigint => {
  const { context } = prepareTestRun(host.memory, "sched_cls", { data: bytes });
  return host.u64(host.call("get_hash_recalc", context));
};

test("a flow has one hash in both directions, other flows have others, and none has 0", () => {
  const [a, b] = ["10.0.0.1", "10.0.0.2"];
  const there = hash(packet.udp({ saddr: a, daddr: b, sport: 1000, dport: 53 }));
  expect(hash(packet.udp({ saddr: b, daddr: a, sport: 53, dport: 1000, payload: "other bytes" }))).toBe(there);
  const others = [
    packet.udp({ saddr: a, daddr: b, sport: 1001, dport: 53 }),
    packet.tcp({ saddr: a, daddr: b, sport: 1000, dport: 53 }),
    packet.udp({ saddr: a, daddr: "10.0.0.3", sport: 1000, dport: 53 }),
    packet.udp({ saddr: "fd00::1", daddr: "fd00::2", sport: 1000, dport: 53 }),
    packet.arp(),
  ].map(hash);
  expect(new Set([there, ...others]).size).toBe(6);
  expect([there, ...others]).not.toContain(0n);
});

test("a hash that was set stays until it is forgotten", () => {
  const { context } = prepareTestRun(host.memory, "sched_cls", { data: packet.udp() });
  host.call("set_hash", context, 7, 0);
  expect(host.u64(host.call("get_hash_recalc", context))).toBe(7n);
  host.call("set_hash_invalid", context);
  expect(host.u64(host.call("get_hash_recalc", context))).toBe(hash(packet.udp()));
});
