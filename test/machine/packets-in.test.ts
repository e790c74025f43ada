import { describe, expect, it } from "vitest";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { asm } from "../../src/loader/asm.ts";
import { Machine } from "../../src/machine.ts";
import * as packet from "../../src/packets/build.ts";

const always = (type: "xdp" | "sched_cls", result: number, name = "always") =>
  asm({ type, name })(`r0 = ${result}\nexit`);

function* udpServer(sys: Sys, port: number, got: string[]): UserCode {
  const fd = yield sys.socket(2, 2);
  yield sys.bind(fd, port);
  for (;;) {
    const from: { ip?: number | string; port?: number; data?: Uint8Array } = {};
    yield sys.recvfrom(fd, 2048, from);
    got.push(`${from.port} ${new TextDecoder().decode(from.data)}`);
  }
}

describe("packets sent to the machine", () => {
  it("reach a socket, or nobody", () => {
    const m = new Machine();
    const got: string[] = [];
    m.linux.process({ comm: "server", program: (sys) => udpServer(sys, 53, got) });
    m.linux.runUntil(1_000_000);
    const sent = m.send([
      packet.udp({ dport: 53, payload: "hello" }),
      packet.udp({ dport: 99 }),
      packet.tcp({ dport: 80 }),
      packet.udp({ dport: 53, daddr: "10.9.9.9" }),
      packet.udp({ dport: 53, dmac: "02:00:00:00:00:99" }),
      packet.ethernet({}),
    ]);
    m.linux.runUntil(2_000_000);
    expect(sent.fates).toEqual([
      "received",
      ...["dropped: NO_SOCKET", "dropped: NO_SOCKET", "dropped: IP_INADDRERRORS", "dropped: OTHERHOST"],
      "dropped: UNHANDLED_PROTO",
    ]);
    expect(got).toEqual(["40000 hello"]);
  });

  it("are answered: ping, ARP, a closed port", () => {
    const m = new Machine();
    const seen = m.capture("eth0");
    m.send([packet.icmp({ payload: "ping" }), packet.arp(), packet.udp({ dport: 99 }), packet.tcp({ dport: 81 })]);
    m.linux.runUntil(2_000_000);
    expect(seen.packets.map((each) => each.packet.layers.map(({ summary }) => summary).at(-1))).toHaveLength(8);
    const kinds = seen.packets.map((each) => each.packet.layers.map(({ protocol }) => protocol).join(" "));
    expect(kinds.filter((kind) => kind.includes("ARP"))).toHaveLength(2);
    for (const { packet: one } of seen.packets)
      for (const { problems } of one.layers) expect(problems.filter((text) => text.includes("checksum"))).toEqual([]);
  });
});

describe("XDP on a device", () => {
  it.each([
    ["native", 1, "XDP_DROP", 0],
    ["generic", 1, "dropped: XDP", 1],
    ["offloaded", 1, "XDP_DROP", 0],
    ["native", 0, "XDP_ABORTED", 0],
    ["native", 2, "dropped: NO_SOCKET", 1],
  ] as const)("in mode %s with verdict %i: %s", (mode, verdict, fate, received) => {
    const m = new Machine();
    const link = m.attach(m.load(always("xdp", verdict)), "xdp:eth0", { mode });
    const sent = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    expect(sent.fates).toEqual([fate]);
    expect(m.net.device("eth0").rxPackets).toBe(received);
    link.detach();
    expect(m.net.device("eth0").xdp).toBeUndefined();
  });

  it("sends back with XDP_TX what it has changed", () => {
    const m = new Machine();
    const swap = asm({ type: "xdp", name: "swap" })`
      r2 = *(u32 *)(r1 + 0)
      r3 = *(u32 *)(r1 + 4)
      r4 = r2
      r4 += 14
      if r4 > r3 goto out
      *(u8 *)(r2 + 5) = 0x77
      r0 = 3
      exit
    out:
      r0 = 1
      exit
    `;
    m.attach(m.load(swap), "xdp:eth0");
    const sent = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(2_000_000);
    expect(sent.fates).toEqual(["arrived outside"]);
    expect(m.net.device("eth0")).toMatchObject({ xdpTx: 1, rxPackets: 0 });
    expect(m.net.packets.underWay).toBe(0);
  });

  it("redirects to a device that has a program at the other end, and to no other", () => {
    const m = new Machine();
    m.net.addVeth({ name: "veth0" }, { name: "veth1", netns: "blue", addresses: ["10.0.0.2/24"] });
    const to = m.net.device("veth0").ifindex;
    const redirect = asm({ type: "xdp", name: "to_veth" })(`r1 = ${to}\nr2 = 0\ncall redirect\nexit`);
    m.attach(m.load(redirect), "xdp:eth0");
    const errors: number[] = [];
    m.linux.hooks.attach("tracepoint:xdp:xdp_devmap_xmit", {
      run: (at) => void errors.push(m.linux.memory.i32[(at + 28) >> 2]!),
    });
    const before = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    expect(before.fates).toEqual(["veth1 has no XDP program"]);
    m.attach(m.load(always("xdp", 2, "pass")), "xdp:blue/veth1");
    m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(2_000_000);
    expect(errors).toEqual([-6, 0]);
    expect(m.net.device("blue/veth1")).toMatchObject({ xdpPass: 1, rxPackets: 1 });
  });

  it.each([
    ["devmap", 0, { a1: 0, b1: 1, cpu: 0 }],
    ["devmap", 8, { a1: 1, b1: 1, cpu: 0 }],
    ["cpumap", 0, { a1: 0, b1: 0, cpu: 1 }],
  ] as const)("redirects by a %s with flags %i", (type, flags, expected) => {
    const m = new Machine();
    m.net.addVeth({ name: "a0" }, { name: "a1", netns: "a" });
    m.net.addVeth({ name: "b0" }, { name: "b1", netns: "b" });
    for (const name of ["a/a1", "b/b1"]) m.attach(m.load(always("xdp", 1, "count")), `xdp:${name}`);
    const targets = { type, name: "targets", keySize: 4, valueSize: 4, maxEntries: 2, flags: 0 } as const;
    const program = asm({ type: "xdp", name: "by_map", maps: [targets] })(
      `r1 = map[targets]\nr2 = 1\nr3 = ${flags}\ncall redirect_map\nexit`,
    );
    m.attach(m.load(program), "xdp:eth0");
    const map = m.linux.maps[0]!;
    const at = m.linux.memory.allocate(16);
    for (const [index, value] of (type === "cpumap"
      ? [64, 64]
      : ["a0", "b0"].map((name) => m.net.device(name).ifindex)
    ).entries()) {
      m.linux.memory.view.setUint32(at, index, true);
      m.linux.memory.view.setUint32(at + 8, value, true);
      expect(map.userUpdate(at, at + 8, 0)).toBe(0);
    }
    let cpu = 0;
    m.linux.hooks.attach("tracepoint:xdp:xdp_cpumap_kthread", { run: () => void cpu++ });
    m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    const { a1, b1 } = { a1: m.net.device("a/a1").xdpDrop, b1: m.net.device("b/b1").xdpDrop };
    expect({ a1, b1, cpu }).toEqual(expected);
    expect(m.net.packets.underWay).toBe(0);
  });

  it("names what is wrong", () => {
    const m = new Machine();
    const xdp = m.load(always("xdp", 2));
    expect(() => m.attach(xdp, "xdp:eth9")).toThrow(/no device eth9; there are lo, eth0 \(ENODEV\)/);
    expect(() => m.attach(xdp, "tc:eth0:ingress")).toThrow(/is of type xdp/);
    expect(() => m.attach(xdp, "xdp:lo", { mode: "native" })).toThrow(/EOPNOTSUPP/);
    m.attach(xdp, "xdp:eth0");
    expect(() => m.attach(m.load(always("xdp", 2)), "xdp:eth0")).toThrow(/EBUSY/);
  });
});

describe("traffic control", () => {
  const sorted = (kind: "tc" | "tcx", verdicts: readonly number[]) => {
    const m = new Machine();
    for (const [priority, verdict] of verdicts.entries())
      m.attach(m.load(always("sched_cls", verdict, `p${priority}`)), `${kind}:eth0:ingress`, { priority });
    const sent = m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    return sent.fates[0];
  };

  it("goes on to the next program until one decides", () => {
    expect(sorted("tc", [2])).toBe("dropped: TC_INGRESS");
    expect(sorted("tc", [-1, 2])).toBe("dropped: TC_INGRESS");
    expect(sorted("tc", [0, 2])).toBe("dropped: NO_SOCKET");
    // PIPE means nothing to filters that act themselves: the next one decides.
    expect(sorted("tc", [3, 2])).toBe("dropped: TC_INGRESS");
    expect(sorted("tcx", [-1, 2])).toBe("dropped: TC_INGRESS");
    expect(sorted("tcx", [0, 2])).toBe("dropped: NO_SOCKET");
    expect(sorted("tcx", [4, 2])).toBe("dropped: TC_INGRESS");
    expect(sorted("tc", [4, 2])).toBe("received");
  });

  it("keeps packets from leaving at egress", () => {
    const m = new Machine();
    m.attach(m.load(always("sched_cls", 2)), "tcx:eth0:egress");
    m.send(packet.icmp());
    m.linux.runUntil(1_000_000);
    expect(m.net.device("eth0")).toMatchObject({ tcEgressDrop: 1, txPackets: 0 });
  });
});
