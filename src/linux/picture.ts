/** What a machine shows of its CPUs and devices. */
import { grouped, plural } from "../plot/format.ts";
import type { Linux } from "./linux.ts";
import type { Net } from "./net/net.ts";

/** Who has each CPU, who waits for it, and its nanoseconds so far. */
export function cpuRows({ cpus }: Linux) {
  return cpus.map(({ current, idle, fair, times }) => ({
    running: current === idle ? "idle" : `${current.comm} ${current.pid}`,
    waiting: fair.waiting.map(({ comm, pid }) => `${comm} ${pid}`),
    ...times,
  }));
}

/** Disks and network devices that something went through, or that have a program. */
export function busyDevices({ disks }: Linux, net: Net) {
  const blocks = disks
    .filter(({ reads, writes }) => reads.completed + writes.completed > 0)
    .map(({ name, kind, reads, writes }) => ({
      name: `${name} (${kind})`,
      traffic: `${plural(reads.completed, "read")}, ${plural(writes.completed, "write")}`,
      programs: [],
    }));
  const network = net.devices
    .filter((dev) => dev.rxPackets + dev.txPackets > 0 || dev.xdp !== undefined)
    .map(({ name, netns, rxPackets, txPackets, xdp, ingress, egress }) => ({
      name: netns === "" ? name : `${netns}/${name}`,
      traffic: `${plural(rxPackets, "packet")} received, ${grouped(txPackets)} sent`,
      programs: [...(xdp ? [`${xdp.program} (XDP ${xdp.mode})`] : []), ...ingress, ...egress],
    }));
  return [...blocks, ...network];
}
