import { sourceOf } from "../../btf/data/machine.ts";
import type { Disk, DiskCounts } from "../block/disk.ts";
import { DISK_MODELS } from "../block/disk-models.ts";
import type { Linux } from "../linux.ts";
import { PAGE_SIZE } from "../page-cache.ts";
import { TASK_IDLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE } from "../task.ts";
import { file, type Node } from "./node.ts";

/** Ticks of 4 ms in the clock ticks that /proc counts in: 10 ms. */
const clockTicks = (ticks: number) => Math.floor((ticks * 4) / 10);

/** `6.18.44`. */
export function releaseOf(linux: Linux): string {
  return /\d+\.\d+\.\d+/.exec(sourceOf(linux.release))?.[0] ?? linux.release;
}

const two = (n: number) => n.toFixed(2);

/** Files in `/proc` itself, by name. */
export function machineFiles(linux: Linux): Readonly<Record<string, Node>> {
  return {
    cmdline: file(() => "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet\n"),
    cpuinfo: file(() => linux.cpus.map(({ id }) => cpuinfo(id)).join("\n")),
    diskstats: file(() => linux.disks.map(diskstats).join("")),
    filesystems: file(
      () => "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\tbpf\n\text4\n\txfs\n",
    ),
    kallsyms: file(() => kallsyms(linux)),
    loadavg: file(() => loadavg(linux)),
    meminfo: file(() => meminfo(linux)),
    mounts: file(() => mounts(linux)),
    stat: file(() => stat(linux)),
    swaps: file(() => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    uptime: file(
      () => `${two(linux.ktimeNs() / 1e9)} ${two(linux.cpus.reduce((all, { idleNs }) => all + idleNs, 0) / 1e9)}\n`,
    ),
    version: file(() => `Linux version ${releaseOf(linux)} (bpfbook) #1 SMP PREEMPT_DYNAMIC\n`),
    vmstat: file(() => vmstat(linux)),
  };
}

function cpuinfo(id: number): string {
  return (
    `processor\t: ${id}\nvendor_id\t: GenuineIntel\nmodel name\t: simulated CPU\ncpu MHz\t\t: 3000.000\n` +
    "cache size\t: 33792 KB\nflags\t\t: fpu tsc msr cx8 sep pge cmov clflush mmx sse sse2 syscall nx lm\n"
  );
}

const whole = ({ completed, merged, sectors, ns }: DiskCounts) =>
  [completed, merged, sectors, Math.floor(ns / 1e6)].join(" ");

/** One line of /proc/diskstats; partitions have none of their own here. */
function diskstats(disk: Disk): string {
  const { dev, name, reads, writes, flushes, inFlight } = disk;
  const spent = [reads, writes, flushes].reduce((all, { ns }) => all + ns, 0);
  const numbers = `${whole(reads)} ${whole(writes)} ${inFlight} ${Math.floor(disk.busyNs / 1e6)} ${Math.floor(spent / 1e6)}`;
  const flush = `${flushes.completed} ${Math.floor(flushes.ns / 1e6)}`;
  return `${String(dev >>> 20).padStart(4)} ${String(dev & 0xf_ffff).padStart(7)} ${name} ${numbers} 0 0 0 0 ${flush}\n`;
}

/** `/sys/block/NAME/stat`. */
export function blockStat(disk: Disk): string {
  return `${diskstats(disk)
    .trim()
    .split(" ")
    .filter(Boolean)
    .slice(3)
    .map((number) => number.padStart(8))
    .join(" ")}\n`;
}

function kallsyms(linux: Linux): string {
  const rows = linux.symbols.list().filter(({ module }) => module === undefined);
  return rows.map(({ address, name }) => `${address.toString(16).padStart(16, "0")} T ${name}\n`).join("");
}

/** Tasks that run or wait for a disk, over the whole life of the machine: the three averages are one here. */
function loadavg(linux: Linux): string {
  const tasks = linux.tasks();
  const running = tasks.filter(({ state }) => state === TASK_RUNNING).length;
  const last = Math.max(0, ...tasks.map(({ pid }) => pid));
  return `${linux.load.text()} ${running}/${tasks.length} ${last}\n`;
}

function meminfo(linux: Linux): string {
  const { resident, dirty } = linux.files.pages;
  const cached = (resident * PAGE_SIZE) / 1024;
  const pageKib = PAGE_SIZE / 1024;
  const anonymous = linux.pages.anon * pageKib;
  const free = linux.pages.free * pageKib;
  const rows: readonly (readonly [string, number])[] = [
    ["MemTotal", linux.pages.total * pageKib],
    ["MemFree", free],
    ["MemAvailable", free + cached],
    ["Buffers", 0],
    ["Cached", cached],
    ["SwapCached", 0],
    ["Active", anonymous + cached],
    ["Dirty", (dirty * PAGE_SIZE) / 1024],
    ["Writeback", linux.files.list().reduce((all, { pages }) => all + pages.writing * 4, 0)],
    ["AnonPages", anonymous],
    ["SwapTotal", 0],
    ["SwapFree", 0],
  ];
  return rows.map(([name, kib]) => `${`${name}:`.padEnd(16)}${String(Math.round(kib)).padStart(8)} kB\n`).join("");
}

/** `/proc/mounts`. */
function mounts(linux: Linux): string {
  return linux.files.mounts
    .list()
    .map(({ source, point, sb }) => `${source} ${point} ${sb.type.name} ${sb.type.options} 0 0\n`)
    .join("");
}

function stat(linux: Linux): string {
  const line = (name: string, user: number, system: number, idle: number) =>
    `${name} ${clockTicks(user)} 0 ${clockTicks(system)} ${clockTicks(idle)} 0 0 0 0 0 0\n`;
  const sum = (which: "user" | "system" | "idle") => linux.cpus.reduce((all, { times }) => all + times[which], 0);
  const tasks = linux.tasks();
  return [
    line("cpu ", sum("user"), sum("system"), sum("idle")),
    ...linux.cpus.map(({ id, times }) => line(`cpu${id}`, times.user, times.system, times.idle)),
    `intr ${linux.cpus.reduce((all, { interrupts }) => all + interrupts, 0)}\n`,
    `ctxt ${linux.scheduler.switches}\n`,
    `procs_running ${tasks.filter(({ state }) => state === TASK_RUNNING).length}\n`,
    `procs_blocked ${tasks.filter(({ state }) => (state & TASK_UNINTERRUPTIBLE) !== 0 && state !== TASK_IDLE).length}\n`,
  ].join("");
}

function vmstat(linux: Linux): string {
  const { resident, dirty } = linux.files.pages;
  const sectors = (which: "reads" | "writes") => linux.disks.reduce((all, disk) => all + disk[which].sectors, 0);
  const rows = {
    nr_file_pages: resident,
    nr_dirty: dirty,
    pgpgin: sectors("reads") / 2,
    pgpgout: sectors("writes") / 2,
  };
  return Object.entries(rows)
    .map(([name, value]) => `${name} ${Math.floor(value)}\n`)
    .join("");
}

/** Whether a disk turns, as `/sys/block/NAME/queue/rotational` says. */
export function rotational(disk: Disk): string {
  return DISK_MODELS[disk.kind].rotational ? "1\n" : "0\n";
}
