import type { Linux } from "./linux.ts";
import { releaseOf } from "./proc/machine-files.ts";

/** What Linux says when it starts. */
export function sayBoot(linux: Linux): void {
  const say = (text: string) => linux.log.print(0, 6, text);
  say(`Linux version ${releaseOf(linux)} (bpfbook) #1 SMP PREEMPT_DYNAMIC`);
  say(`smp: Brought up 1 node, ${linux.cpus.length} CPU${linux.cpus.length === 1 ? "" : "s"}`);
  for (const { name, sectors } of linux.disks) {
    say(`virtio_blk: [${name}] ${sectors} 512-byte logical blocks (${(sectors / 1_953_125).toFixed(1)} GB)`);
  }
  for (const { sb } of linux.files.mounts.list()) {
    if (sb.journal) say(`EXT4-fs (${sb.id}): mounted filesystem with ordered data mode.`);
    if (sb.log) {
      say(`XFS (${sb.id}): Mounting V5 Filesystem`);
      say(`XFS (${sb.id}): Ending clean mount`);
    }
  }
}
