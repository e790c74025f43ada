/** A machine's network: its devices, what became of packets that were sent by hand, what a capture saw. */
import type { PacketLayer } from "../packets/layer.ts";
import { packetSummary } from "../packets/text.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { renderRows } from "./rows.ts";

/** A machine's devices as this view needs them. */
export interface NetView {
  readonly devices: readonly {
    readonly name: string;
    readonly netns: string;
    readonly addresses: readonly string[];
    readonly up: boolean;
    readonly xdp: { readonly program: string; readonly mode: string } | undefined;
    readonly ingress: readonly string[];
    readonly egress: readonly string[];
    readonly rxPackets: number;
    readonly rxBytes: number;
    readonly rxDropped: number;
    readonly txPackets: number;
    readonly txBytes: number;
    readonly txDropped: number;
    readonly xdpDrop: number;
  }[];
}

/** Packets as these views need them. */
interface Packets {
  readonly packets: readonly (Uint8Array & { readonly layers: readonly PacketLayer[] })[];
}

/** One row a device: addresses, programs with their modes, packets and bytes each way, what was dropped. */
export function renderNet({ devices }: NetView): MimeBundle {
  const rows = devices.map((dev) => ({
    device: dev.netns === "" ? dev.name : `${dev.netns}/${dev.name}`,
    state: dev.up ? "up" : "down",
    addresses: dev.addresses.join(" "),
    xdp: dev.xdp === undefined ? "" : `${dev.xdp.program} (${dev.xdp.mode})`,
    ingress: dev.ingress.join(" "),
    egress: dev.egress.join(" "),
    "rx packets": dev.rxPackets,
    "rx bytes": dev.rxBytes,
    "rx dropped": dev.rxDropped,
    "tx packets": dev.txPackets,
    "tx bytes": dev.txBytes,
    "tx dropped": dev.txDropped,
    "xdp dropped": dev.xdpDrop,
  }));
  return renderRows({ title: "network devices", rows });
}

/** One row a packet: what it is, and where it ended so far. */
export function renderSentPackets({ packets, fates }: Packets & { readonly fates: readonly string[] }): MimeBundle {
  const rows = packets.map((packet, index) => ({
    "#": index + 1,
    packet: packetSummary(packet.layers),
    bytes: packet.length,
    fate: fates[index]!,
  }));
  return renderRows({ title: `${plural(packets.length, "packet")} sent`, rows });
}

/** One row a packet, in the order in which they were seen; times since the first. */
export function renderCapture({
  packets,
}: {
  readonly packets: readonly { readonly packet: Uint8Array; readonly timeNs: bigint }[];
}): MimeBundle {
  const first = packets[0]?.timeNs ?? 0n;
  const rows = packets.map(({ packet, timeNs }, index) => ({
    "#": index + 1,
    "time, µs": Number(timeNs - first) / 1000,
    packet: packetSummary((packet as Packets["packets"][number]).layers),
    bytes: packet.length,
  }));
  return renderRows({ title: `${plural(packets.length, "packet")} captured`, rows });
}
