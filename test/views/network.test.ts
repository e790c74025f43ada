import { describe, expect, it } from "vitest";
import { DISPLAY, Machine, packet } from "../../src/index.ts";

const text = async (value: { [DISPLAY](): unknown }) =>
  ((await value[DISPLAY]()) as { "text/plain": string })["text/plain"].split("\n").map((line) => line.trim());

describe("the network of a machine shows", () => {
  it("its devices with addresses and counters", async () => {
    const m = new Machine();
    m.net.addVeth({ name: "veth0", addresses: ["10.1.0.1/24"] }, { name: "veth1", netns: "blue" });
    m.send(packet.udp({ dport: 9 }));
    await m.run("1ms");
    const lines = await text(m.net);
    expect(lines[0]).toMatch(/^device +state +addresses +xdp +ingress +egress +rx packets/);
    expect(lines.map((line) => line.split(/ +/)[0])).toEqual([
      "device",
      "lo",
      "eth0",
      "veth0",
      "blue/lo",
      "blue/veth1",
    ]);
    expect(lines[2]).toMatch(/^eth0 +up +10\.0\.0\.2\/24 fd00::2\/64 +1 +\d+ +0 +1 +/);
  });

  it("what became of packets sent by hand, and what a capture saw", async () => {
    const m = new Machine();
    using seen = m.capture("eth0");
    const sent = m.send([packet.udp({ dport: 9 }), packet.tcp({ dport: 9 })]);
    await m.run("1ms");
    const fates = await text(sent);
    expect(fates[0]).toMatch(/^# +packet +bytes +fate$/);
    expect(fates[1]).toMatch(/^1 +.*dropped: NO_SOCKET$/);
    expect(fates).toHaveLength(3);
    const lines = await text(seen);
    expect(lines[0]).toMatch(/^# +time, µs +packet +bytes$/);
    expect(lines[1]).toMatch(/^1 +0 /);
    // Two packets came, and the machine said that nobody is there.
    expect(lines).toHaveLength(5);
  });
});
