/** Programs that targets of devmaps and cpumaps have, and AF_XDP sockets. */
import { describe, expect, it } from "vitest";
import { asm, Machine, map, packet } from "../../src/index.ts";

const always = (verdict: number, name: string, attach?: "xdp/devmap" | "xdp/cpumap") =>
  asm({ type: "xdp", name, ...(attach ? { attach } : {}) })(`r0 = ${verdict}\nexit`);

const toMap = (name: string, index = 0) =>
  asm({ type: "xdp", name: "by_map" })(`r1 = map[${name}]\nr2 = ${index}\nr3 = 0\ncall redirect_map\nexit`);

/** A program that is meant for devmaps: drops what is to leave by the device `ifindex`. */
const dropTo = (ifindex: number) =>
  asm({ type: "xdp", name: "at_port", attach: "xdp/devmap" })(`
    r2 = *(u32 *)(r1 + 20)
    r0 = 2
    if r2 != ${ifindex} goto out
    r0 = 1
out:
    exit`);

function withVeth() {
  const m = new Machine({ cpus: 2 });
  m.net.addVeth({ name: "a0" }, { name: "a1", netns: "a" });
  m.attach(m.load(always(1, "count")), "xdp:a/a1");
  return { m, a0: m.net.device("a0").ifindex };
}

describe("programs of targets", () => {
  it.each(["native", "generic"] as const)("see the device that a packet leaves by and decide, %s", (mode) => {
    const { m, a0 } = withVeth();
    const ports = map.devmap({ name: "ports", maxEntries: 2, programs: true });
    m.attach(m.load(toMap("ports")), "xdp:eth0", { mode });
    const xmits: number[][] = [];
    m.linux.hooks.attach("tracepoint:xdp:xdp_devmap_xmit", {
      run: (at) => void xmits.push([20, 24].map((offset) => m.linux.memory.i32[(at + offset) >> 2]!)),
    });
    for (const dropped of [9999, a0]) {
      m.map(ports).set(0, { ifindex: a0, program: m.load(dropTo(dropped)).id });
      m.send(packet.udp({ dport: 9 }));
      m.linux.runUntil(m.linux.ktimeNs() + 1_000_000);
    }
    expect(m.net.device("a0").txPackets).toBe(1);
    expect(m.net.packets.underWay).toBe(0);
    // drops and sent, as the format file has them; generic XDP has no such queue.
    expect(xmits).toEqual(
      mode === "native"
        ? [
            [0, 1],
            [1, 0],
          ]
        : [],
    );
  });

  it("of a CPU run there, and may send on", () => {
    const { m, a0 } = withVeth();
    const cpus = map.cpumap({ name: "cpus", maxEntries: 2, programs: true });
    const ports = map.devmap({ name: "ports", maxEntries: 1 });
    m.attach(m.load(toMap("cpus", 1)), "xdp:eth0");
    m.map(ports).set(0, a0);
    const onward = m.load(
      asm({ type: "xdp", name: "onward", attach: "xdp/cpumap" })(
        "r1 = map[ports]\nr2 = 0\nr3 = 0\ncall redirect_map\nexit",
      ),
    );
    const kthread: number[][] = [];
    m.linux.hooks.attach("tracepoint:xdp:xdp_cpumap_kthread", {
      run: (at) => void kthread.push([32, 36, 40].map((offset) => m.linux.memory.i32[(at + offset) >> 2]!)),
    });
    const fates: string[] = [];
    for (const program of [m.load(always(1, "no", "xdp/cpumap")), m.load(always(2, "yes", "xdp/cpumap")), onward]) {
      m.map(cpus).set(1, { packets: 64, program: program.id });
      const sent = m.send(packet.udp({ dport: 9 }));
      m.linux.runUntil(m.linux.ktimeNs() + 1_000_000);
      fates.push(sent.fates[0]!);
    }
    expect(fates).toEqual(["dropped by no, the program of CPU 1", "dropped: NO_SOCKET", "XDP_DROP"]);
    // xdp_pass, xdp_drop, xdp_redirect
    expect(kthread).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  it("must have been loaded for such a map, stay loaded with it, and attach to no device", () => {
    const { m, a0 } = withVeth();
    const ports = m.map(map.devmapHash({ name: "ports", maxEntries: 2, programs: true }));
    const plain = m.load(always(2, "plain"));
    const right = m.load(always(2, "right", "xdp/devmap"));
    expect(() => ports.set(7, { ifindex: a0, program: plain.id })).toThrow(/EINVAL/);
    expect(() => ports.set(7, { ifindex: a0, program: 999 })).toThrow(/EINVAL/);
    ports.set(7, { ifindex: a0, program: right.id });
    expect([...ports]).toEqual([[7, { ifindex: a0, program: right.id }]]);
    m.bpf.removeProgram(right.program);
    expect(m.bpf.programs.has(right.id)).toBe(true);
    ports.delete(7);
    m.bpf.removeProgram(right.program);
    expect(m.bpf.programs.has(right.id)).toBe(false);
    const other = m.load(always(2, "other", "xdp/devmap"));
    expect(() => m.attach(other, "xdp:eth0")).toThrow(/loaded for xdp_devmap/);
  });
});

describe("AF_XDP", () => {
  /** Redirects each packet to the socket of its queue; where there is none, Linux gets it. */
  const byQueue = () =>
    asm({ type: "xdp", name: "by_queue" })(`
    r2 = *(u32 *)(r1 + 16)
    r1 = map[xsks]
    r3 = 2
    call redirect_map
    exit`);

  it("takes frames of its queue past Linux's network; others go on", () => {
    const m = new Machine({ cpus: 2, seed: 3 });
    const xsks = map.xskmap({ name: "xsks", maxEntries: 4 });
    m.attach(m.load(byQueue()), "xdp:eth0");
    const sockets = [0, 1].map((queue) => m.net.xsk("eth0", { queue }));
    m.map(xsks).set(0, sockets[0]!.id);
    const frames = Array.from({ length: 20 }, (_, index) => packet.udp({ sport: 1000 + index, dport: 9 }));
    const sent = m.send(frames);
    m.linux.runUntil(1_000_000);
    const { "received by an AF_XDP socket": taken = 0, "dropped: NO_SOCKET": passed = 0 } = sent.outcomes;
    expect(taken + passed).toBe(20);
    expect(taken).toBeGreaterThan(0);
    expect(passed).toBeGreaterThan(0);
    expect(sockets[0]!.read()).toHaveLength(taken);
    expect(sockets[0]).toMatchObject({ received: taken, waiting: 0, dropped: 0 });
    expect(sockets[1]!.received).toBe(0);
    expect(m.net.packets.underWay).toBe(0);
    // A closed socket is in no map.
    sockets[0]!.close();
    const later = m.send(frames);
    m.linux.runUntil(2_000_000);
    expect(later.outcomes).toEqual({ "dropped: NO_SOCKET": 20 });
  });

  it("drops, and counts, what it has no buffer for and what comes by another queue", () => {
    const m = new Machine({ cpus: 1 });
    m.net.addVeth({ name: "a0" }, { name: "a1", netns: "a" });
    const xsks = map.xskmap({ name: "xsks", maxEntries: 1 });
    m.attach(m.load(toMap("xsks")), "xdp:eth0");
    const errors: number[] = [];
    m.linux.hooks.attach("tracepoint:xdp:xdp_redirect_err", {
      run: (at) => void errors.push(m.linux.memory.i32[(at + 20) >> 2]!),
    });
    const few = m.net.xsk("eth0", { buffers: 2 });
    m.map(xsks).set(0, few.id);
    m.send(Array.from({ length: 3 }, () => packet.udp({ dport: 9 })));
    m.linux.runUntil(1_000_000);
    expect(few).toMatchObject({ received: 2, dropped: 1, waiting: 2 });
    m.map(xsks).set(0, m.net.xsk("a0").id);
    m.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(2_000_000);
    // ENOMEM; EINVAL: the socket is bound to another device.
    expect(errors).toEqual([-12, -22]);
  });

  it("sends by its device; a queue has one socket; programs read the socket's queue", () => {
    const m = new Machine({ cpus: 2 });
    m.net.addVeth({ name: "a0" }, { name: "a1", netns: "a" });
    const wire = m.net.capture("a/a1");
    const xsk = m.net.xsk("a0");
    xsk.send(packet.udp({ dport: 9 }));
    m.linux.runUntil(1_000_000);
    expect(wire.packets).toHaveLength(1);
    expect(() => m.net.xsk("a0")).toThrow(/EBUSY/);
    expect(() => m.net.xsk("a0", { queue: 1 })).toThrow(/queues 0 to 0/);
    const xsks = map.xskmap({ name: "xsks", maxEntries: 2 });
    const reads = m.load(
      asm({ type: "xdp", name: "queue_of" })(`
        *(u32 *)(r10 - 4) = 1
        r2 = r10
        r2 += -4
        r1 = map[xsks]
        call map_lookup_elem
        if r0 == 0 goto none
        r0 = *(u32 *)(r0 + 0)
        exit
none:
        r0 = 9
        exit`),
    );
    m.map(xsks).set(1, m.net.xsk("eth0", { queue: 1 }).id);
    expect(reads.run(packet.udp({}))).toMatchObject({ retval: 1 });
    // As on Linux, users cannot read which sockets are there.
    expect([m.map(xsks).size, m.map(xsks).get(1)]).toEqual([1, undefined]);
  });
});
