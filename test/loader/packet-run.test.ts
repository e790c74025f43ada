/** Built packets run through programs, from the package's public surface. */
import { expect, test } from "vitest";
import { asm, DISPLAY, Machine, packet, pcap } from "../../src/index.ts";

const dropUdp = asm({ type: "xdp", name: "drop_udp" })`
    r2 = *(u32 *)(r1 + 0)        // data
    r3 = *(u32 *)(r1 + 4)        // data_end
    r4 = r2
    r4 += 34
    if r4 > r3 goto pass
    r5 = *(u8 *)(r2 + 23)        // ip->protocol
    if r5 != 17 goto pass
    r0 = 1
    exit
pass:
    r0 = 2
    exit
`;

test("a firewall in XDP on built packets and on those of a capture file", () => {
  const xdp = new Machine().load(dropUdp);
  expect(xdp.run(packet.udp({ dport: 53 })).verdict).toBe("XDP_DROP");
  const file = pcap.write([packet.tcp(), packet.udp(), packet.arp()], { format: "pcapng" });
  const verdicts = pcap.read(file).map((captured) => xdp.run(captured.packet).verdict);
  expect(verdicts).toEqual(["XDP_PASS", "XDP_DROP", "XDP_PASS"]);
});

test("a program that takes a VLAN tag off, and one that makes room for one", async () => {
  const m = new Machine();
  const pop = m.load(asm({ type: "sched_cls", name: "pop" })`
    call bpf_skb_vlan_pop
    r0 = 0
    exit
  `);
  const inner = packet.udp({ dport: 53, payload: "hello" });
  expect(pop.run(packet.vlan(inner, { id: 5 })).dataOut).toEqual(new Uint8Array(inner));
  const room = m.load(asm({ type: "xdp", name: "room" })`
    r2 = -4
    call bpf_xdp_adjust_head
    exit
  `);
  const { retval, dataOut } = room.run(inner);
  expect([retval, packet.from(dataOut.slice(4)).layers]).toEqual([0, inner.layers]);
  const shown = (await inner[DISPLAY]()) as Record<string, string>;
  expect(shown["text/html"]).toContain("IPv4: source");
});
