/** A machine's devices as a graph, and what XDP programs decided as flows: what is plotted of a network. */
import type { Flow } from "../../plot/sankey.ts";
import type { Topology, TopologyLink } from "../../plot/topology.ts";
import { ipText } from "./address.ts";
import type { NetDevice } from "./device.ts";

const OUTSIDE = "outside";

/** A device by its name, with its namespace where that is not the machine's own: `blue/veth1`. */
export function deviceId(dev: NetDevice): string {
  return dev.netns.name === "" ? dev.name : `${dev.netns.name}/${dev.name}`;
}

/**
 * Devices by namespace; links are wires: to the world outside and between the ends of pairs, with the packets that went over them, and
 * ways that XDP programs sent packets on. Loopback devices that nothing went through are left out.
 */
export function topologyOf(all: readonly NetDevice[]): Topology {
  const devices = all.filter(
    ({ kind, counters }) => kind !== "loopback" || counters.rxPackets + counters.txPackets > 0,
  );
  const wired = devices.filter((dev) => dev.kind !== "loopback" && dev.peer === undefined);
  const links = devices.flatMap((dev): TopologyLink[] => {
    const { rxPackets, txPackets } = dev.counters;
    if (dev.peer !== undefined) return [{ from: deviceId(dev), to: deviceId(dev.peer), count: txPackets }];
    if (dev.kind === "loopback") return [{ from: deviceId(dev), to: deviceId(dev), count: txPackets }];
    return [
      { from: OUTSIDE, to: deviceId(dev), count: rxPackets },
      { from: deviceId(dev), to: OUTSIDE, count: txPackets },
    ];
  });
  const redirects = devices.flatMap((from) =>
    [...from.redirected]
      .filter(([to]) => devices.includes(to))
      .map(([to, count]): TopologyLink => ({ from: deviceId(from), to: deviceId(to), label: "XDP redirect", count })),
  );
  return {
    nodes: [
      ...(wired.length > 0 ? [{ id: OUTSIDE, group: OUTSIDE }] : []),
      ...devices.map((dev) => ({
        id: deviceId(dev),
        note: dev.addresses.map(({ ip }) => ipText(ip))[0] ?? (dev.up ? "" : "down"),
        group: dev.netns.name === "" ? "machine" : dev.netns.name,
      })),
    ],
    links: [...links, ...redirects],
  };
}

/** From each device to what its XDP program said, and on to what followed from it. */
export function xdpFlowsOf(devices: readonly NetDevice[]): Flow[] {
  return devices.flatMap((dev): Flow[] => {
    const { xdpPass, xdpDrop, xdpTx, xdpRedirect, xdpAborted } = dev.counters;
    const actions = [
      ["XDP_PASS", xdpPass],
      ["XDP_DROP", xdpDrop],
      ["XDP_TX", xdpTx],
      ["XDP_REDIRECT", xdpRedirect],
      ["XDP_ABORTED", xdpAborted],
    ] as const;
    return actions.map(([action, count]) => [deviceId(dev), action, count]);
  });
}
