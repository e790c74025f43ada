/** A firewall, a filter against floods, a load balancer and network address translation, fed from captures. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Machine } from "../../src/machine.ts";
import * as packet from "../../src/packets/build.ts";
import * as pcap from "../../src/packets/pcap.ts";

const missing = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";
const SOURCE = fileURLToPath(new URL("../fixtures/network/services.bpf.c", import.meta.url));

/** An address as programs hold it: bytes as on the wire, read as a number of this machine. */
const wire = (address: string): number =>
  new DataView(Uint8Array.from(address.split(".").map(Number)).buffer).getUint32(0, true);

describe.skipIf(missing !== "")(`services${missing}`, () => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    const { compile } = await import("../../src/loader/clang/compile.ts");
    bytes = (await compile(SOURCE, "6.18", {})).bytes;
  }, 60_000);

  function machine() {
    const m = new Machine({ seed: 3 });
    return { m, ...m.open(bytes, { name: "services" }).load() };
  }
  const captured = (packets: readonly Uint8Array[]) => pcap.read(pcap.write(packets));

  it("firewall: the longest prefix decides", () => {
    const { m, progs, maps } = machine();
    maps.rules!.set({ bits: 8, address: wire("10.0.0.0") }, 1);
    maps.rules!.set({ bits: 24, address: wire("10.0.0.0") }, 2);
    progs.firewall!.attach("xdp:eth0");
    const sent = m.send(captured(["10.0.0.9", "10.9.0.1", "8.8.8.8"].map((saddr) => packet.udp({ saddr, dport: 9 }))));
    m.linux.runUntil(1_000_000);
    expect(sent.fates).toEqual(["dropped: NO_SOCKET", "XDP_DROP", "dropped: NO_SOCKET"]);
  });

  it("floods: a sender has so many packets a second, others have their own", () => {
    const { m, progs } = machine();
    progs.flood!.attach("xdp:eth0");
    const flood = Array.from({ length: 8 }, () => packet.udp({ saddr: "10.0.0.66", dport: 9 }));
    const sent = m.send(captured([...flood, packet.udp({ saddr: "10.0.0.7", dport: 9 })]));
    m.linux.runUntil(1_000_000);
    expect(sent.outcomes).toEqual({ "dropped: NO_SOCKET": 6, XDP_DROP: 3 });
    expect(sent.fates.at(-1)).toBe("dropped: NO_SOCKET");
    m.linux.runUntil(1_500_000_000);
    const later = m.send(flood[0]!);
    m.linux.runUntil(1_501_000_000);
    expect(later.fates).toEqual(["dropped: NO_SOCKET"]);
  });

  it("balancer: a flow has one backend, flows use both, checksums stay right", () => {
    const { progs, maps } = machine();
    const backends = ["10.0.0.101", "10.0.0.102"];
    for (const [index, address] of backends.entries()) maps.backends!.set(index, wire(address));
    const used = new Map<string, number>();
    for (let sport = 40_000; sport < 40_200; sport++) {
      const results = [1, 2].map((seq) => progs.balance!.run(packet.tcp({ sport, seq })));
      const chosen = backends.filter((daddr) =>
        results.every(({ dataOut, retval }, index) => {
          const expected = packet.tcp({ sport, seq: index + 1, daddr });
          return retval === 3 && Buffer.from(dataOut).equals(Buffer.from(expected));
        }),
      );
      expect(chosen).toHaveLength(1);
      used.set(chosen[0]!, (used.get(chosen[0]!) ?? 0) + 1);
    }
    for (const backend of backends) expect(used.get(backend)).toBeGreaterThan(60);
    expect(progs.balance!.run(packet.udp()).retval).toBe(2);
  });

  it("translation: who is inside leaves with an address outside, checksums stay right", () => {
    const { progs, maps } = machine();
    maps.translations!.set(wire("192.168.1.5"), wire("203.0.113.1"));
    const out = (saddr: string) => [
      ...progs.translate!.run(packet.udp({ saddr, sport: 5000, dport: 53, payload: "?" })).dataOut,
    ];
    const built = (saddr: string) => [...packet.udp({ saddr, sport: 5000, dport: 53, payload: "?" })];
    expect(out("192.168.1.5")).toEqual(built("203.0.113.1"));
    expect(out("192.168.1.6")).toEqual(built("192.168.1.6"));
  });
});
