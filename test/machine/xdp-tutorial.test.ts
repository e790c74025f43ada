/** The tasks of the XDP tutorial (basic01-04, packet01-03, tracing01-03) as programs of our own in C, on a machine's devices. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Machine } from "../../src/machine.ts";
import * as packet from "../../src/packets/build.ts";

const missing = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";
const source = (name: string) => fileURLToPath(new URL(`../fixtures/network/${name}.bpf.c`, import.meta.url));

describe.skipIf(missing !== "")(`the XDP tutorial${missing}`, () => {
  const objects: Record<string, Uint8Array> = {};
  beforeAll(async () => {
    const { compile } = await import("../../src/loader/clang/compile.ts");
    for (const name of ["tutorial", "tracing"]) objects[name] = (await compile(source(name), "6.18", {})).bytes;
  }, 60_000);

  /** A machine with the tutorial's programs. */
  function machine() {
    const m = new Machine({ seed: 3 });
    const { progs, maps } = m.open(objects.tutorial!, { name: "tutorial" }).load();
    return { m, progs, maps };
  }
  const frames = (m: Machine, work: () => void): Uint8Array[] => {
    using seen = m.capture("eth0");
    work();
    m.linux.runUntil(Number(m.now) + 2_000_000);
    return seen.packets.map((each) => each.packet);
  };
  const layers = (bytes: Uint8Array): string =>
    packet
      .from(bytes)
      .layers.map(({ protocol }) => protocol)
      .join(" ");

  it("basic01, basic02: one program passes, another drops; each by its name", () => {
    const { m, progs } = machine();
    const link = progs.pass!.attach("xdp:eth0");
    const one = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    expect(one.fates).toEqual(["dropped: NO_SOCKET"]);
    expect(() => progs.drop!.attach("xdp:eth0")).toThrow(/EBUSY|has the XDP program pass/);
    link.detach();
    progs.drop!.attach("xdp:eth0");
    const two = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(2_000_000);
    expect(two.fates).toEqual(["XDP_DROP"]);
  });

  it("basic03: packets and bytes by action, a counter for each CPU", () => {
    const { m, progs, maps } = machine();
    progs.drop!.attach("xdp:eth0");
    const sent = [10, 20, 30].map((size) => packet.udp({ dport: 9, payload: "x".repeat(size) }));
    m.send(sent);
    m.linux.runUntil(1_000_000);
    const all = maps.stats!.get(1) as readonly { packets: bigint; bytes: bigint }[];
    expect(all).toHaveLength(2);
    const sum = (read: (each: { packets: bigint; bytes: bigint }) => bigint) => all.reduce((a, b) => a + read(b), 0n);
    expect(sum(({ packets }) => packets)).toBe(3n);
    expect(sum(({ bytes }) => bytes)).toBe(BigInt(sent.reduce((a, { length }) => a + length, 0)));
  });

  it("basic04: a pinned map is what another process counts in and reads", () => {
    const m = new Machine({ seed: 3 });
    const path = "/sys/fs/bpf/eth0/stats";
    const first = m.open(objects.tutorial!, { name: "tutorial" });
    first.maps.stats!.pinPath = path;
    first.load();
    const second = m.open(objects.tutorial!, { name: "tutorial" });
    second.maps.stats!.pinPath = path;
    second.load();
    first.progs.drop!.attach("xdp:eth0");
    m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    const packets = (second.maps.stats!.get(1) as readonly { packets: bigint }[]).map((each) => each.packets);
    expect(packets.reduce((a, b) => a + b)).toBe(1n);
  });

  it("packet01: echo requests of both versions, behind tags or not; short ones are dropped", () => {
    const { progs } = machine();
    const verdict = (frame: Uint8Array): number => progs.parse!.run(frame).retval;
    for (const address of [{}, { saddr: "fd00::1", daddr: "fd00::2" }]) {
      for (const seq of [1, 2, 3]) {
        const ping = packet.icmp({ ...address, seq });
        const tagged = packet.vlan(ping, { id: 7 });
        const expected = seq % 2 ? 2 : 1;
        expect([ping, tagged, packet.vlan(tagged, { id: 8 })].map(verdict)).toEqual([expected, expected, expected]);
        expect(verdict(ping.subarray(0, ping.length - (ping.length - 14 > 40 ? 8 : 4)))).toBe(1);
      }
      expect(verdict(packet.udp(address))).toBe(2);
    }
    expect(verdict(packet.arp())).toBe(2);
  });

  it("packet02: ports are rewritten with their checksums, tags come off and go on", () => {
    const { progs } = machine();
    for (const build of [packet.udp, packet.tcp])
      expect([...progs.rewrite_port!.run(build({ dport: 8080, payload: "hello" })).dataOut]).toEqual([
        ...build({ dport: 8079, payload: "hello" }),
      ]);
    const plain = packet.udp({ payload: "hello" });
    const tagged = progs.swap_vlan!.run(plain).dataOut;
    expect([...tagged]).toEqual([...packet.vlan(plain, { id: 1 })]);
    expect([...progs.swap_vlan!.run(tagged).dataOut]).toEqual([...plain]);
  });

  it("packet03: a ping is answered by the card, and by nobody else", () => {
    const { m, progs } = machine();
    progs.echo!.attach("xdp:eth0");
    const ping = packet.icmp({ seq: 5, payload: "ping" });
    const sent = m.send(ping);
    m.linux.runUntil(1_000_000);
    expect(sent.fates).toEqual(["arrived outside"]);
    const { dataOut, retval } = progs.echo!.run(ping);
    expect(retval).toBe(3);
    expect([...dataOut]).toEqual([
      ...packet.icmp({
        ...{ type: "echo-reply", seq: 5, payload: "ping" },
        ...{ saddr: "10.0.0.2", daddr: "10.0.0.1", smac: "02:00:00:00:00:02", dmac: "02:00:00:00:00:01" },
      }),
    ]);
  });

  it("packet03: to a device of a map, and as routes say", () => {
    const { m, progs, maps } = machine();
    m.net.addVeth(
      { name: "veth0", addresses: ["10.1.0.1/24"] },
      { name: "veth1", netns: "blue", addresses: ["10.1.0.2/24"] },
    );
    const received = () => m.net.device("blue/veth1").rxPackets;
    progs.pass!.attach("xdp:blue/veth1");
    const link = progs.to_port!.attach("xdp:eth0");
    const lost = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    expect(lost.fates).toEqual(["XDP_DROP"]);
    maps.ports!.set(0, m.net.device("veth0").ifindex);
    const moved = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(2_000_000);
    expect([moved.fates, received()]).toEqual([["dropped: OTHERHOST"], 1]);
    link.detach();
    m.net.forward(true);
    progs.route!.attach("xdp:eth0");
    const routed = frames(m, () => m.send([packet.udp({ daddr: "10.1.0.2", dport: 9 }), packet.arp()]));
    expect(received()).toBe(2);
    expect(routed.map(layers).some((kind) => kind.includes("ARP"))).toBe(true);
  });

  it("tracing01, tracing02: exceptions by device, redirects and their errors", () => {
    const { m, progs } = machine();
    const { maps } = m.open(objects.tracing!, { name: "tracing" }).load().attach();
    const link = progs.broken!.attach("xdp:eth0");
    m.send([packet.udp(), packet.udp()]);
    m.linux.runUntil(1_000_000);
    expect([...maps.exceptions!]).toEqual([[m.net.device("eth0").ifindex, 2n]]);
    link.detach();
    progs.to_port!.attach("xdp:eth0");
    m.send(packet.udp());
    m.linux.runUntil(2_000_000);
    expect(maps.redirects!.size).toBe(0);
  });

  it("tracing03: a line in the trace pipe for each packet", () => {
    const { m, progs } = machine();
    progs.print!.attach("xdp:eth0");
    const udp = packet.udp({ payload: "hello" });
    m.send([udp, udp]);
    m.linux.runUntil(1_000_000);
    expect(m.linux.tracePipe).toHaveLength(2);
    expect(m.linux.tracePipe[0]).toContain(`bpf_trace_printk: packet of ${udp.length} bytes`);
  });
});
