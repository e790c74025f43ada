import type { Linux } from "../../linux/linux.ts";
import { signalName } from "../../linux/signals.ts";
import { syscallByNumber } from "../../linux/syscall-table.ts";
import type { Names } from "../output/data.ts";
import { errorText } from "../output/error-text.ts";
import type { NameTable } from "../types/type.ts";

/** When a machine boots, by its wall clock: its time is virtual, and the same on every run. */
const BOOT = Date.UTC(2026, 0, 1);

const pad = (value: number, digits = 2): string => String(value).padStart(digits, "0");

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = "January February March April May June July August September October November December".split(" ");

/** A moment by a format of `strftime`, in UTC; `%f` are microseconds. */
export function timeText(ns: bigint, format: string): string {
  const date = new Date(BOOT + Number(ns / 1_000_000n));
  const day = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const parts: Readonly<Record<string, () => string>> = {
    H: () => pad(date.getUTCHours()),
    M: () => pad(date.getUTCMinutes()),
    S: () => pad(date.getUTCSeconds()),
    I: () => pad(date.getUTCHours() % 12 || 12),
    p: () => (date.getUTCHours() < 12 ? "AM" : "PM"),
    Y: () => String(date.getUTCFullYear()),
    y: () => pad(date.getUTCFullYear() % 100),
    m: () => pad(date.getUTCMonth() + 1),
    d: () => pad(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2),
    j: () => pad(day, 3),
    a: () => DAYS[date.getUTCDay()]!.slice(0, 3),
    A: () => DAYS[date.getUTCDay()]!,
    b: () => MONTHS[date.getUTCMonth()]!.slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()]!,
    f: () => pad(Number((ns / 1000n) % 1_000_000n), 6),
    L: () => pad(Number((ns / 1_000_000n) % 1000n), 3),
    k: () => pad(Number((ns / 1000n) % 1000n), 3),
    s: () => String(Math.floor(date.getTime() / 1000)),
    T: () => timeText(ns, "%H:%M:%S"),
    F: () => timeText(ns, "%Y-%m-%d"),
    R: () => timeText(ns, "%H:%M"),
    D: () => timeText(ns, "%m/%d/%y"),
    Z: () => "UTC",
    z: () => "+0000",
    n: () => "\n",
    t: () => "\t",
    "%": () => "%",
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) =>
    Object.hasOwn(parts, letter) ? parts[letter]!() : whole,
  );
}

function namedNumber(linux: Linux, table: NameTable, number: number): string {
  switch (table) {
    case "error":
      return errorText(number);
    case "signal":
      return signalName(number) ?? "unknown signal";
    case "syscall":
      return syscallByNumber(number)?.name ?? "unknown system call";
    case "cgroup": {
      const found = linux.cgroups.list().find(({ id }) => id === number);
      return found === undefined ? "" : `unified:${found.path}`;
    }
  }
}

/** Names of a machine's addresses, users and moments. */
export function machineNames(linux: Linux): Names {
  const symbol = (address: bigint, offset: boolean): string => {
    const found = linux.symbolize(address);
    if (found === undefined) return `0x${address.toString(16)}`;
    return offset ? `${found.name}+${found.offset}` : found.name;
  };
  return {
    kernel: symbol,
    user: (address, _pid, offset) => symbol(address, offset),
    module: (address) => linux.symbolize(address)?.module,
    named: (table, number) => namedNumber(linux, table, Number(number)),
    username: (uid) => (uid === 0 ? "root" : String(uid)),
    time: timeText,
  };
}
