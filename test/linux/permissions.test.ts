/** Who may load programs and make maps: this thread gives capabilities up for a moment, and Linux says what it then may not do. */
import koffi from "koffi";
import { describe, expect, test } from "vitest";
import {
  BPF_CAPABILITIES,
  type BpfCapability,
  BpfPermissionError,
  requireMapPermission,
  requireProgramPermission,
} from "../../src/linux/bpf/permission.ts";
import { MAP_TYPES, type MapType } from "../../src/maps/spec.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../src/programs/types.ts";
import { available, close, mapCreate, progLoad, suiteName } from "./bpf.ts";
import { EXIT, program, set } from "./slots.ts";

const NUMBERS: Readonly<Record<BpfCapability, number>> = {
  CAP_BPF: 39,
  CAP_PERFMON: 38,
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
};
const VERSION = 0x20080522;

/** Does `work` without the capabilities that are not in `kept`. */
function without<T>(kept: readonly BpfCapability[], work: () => T): T {
  const libc = koffi.load("libc.so.6");
  const get = libc.func("int capget(void *, void *)");
  const set = libc.func("int capset(void *, void *)");
  const header = new Uint32Array([VERSION, 0]);
  const before = new Uint32Array(6);
  get(header, before);
  const less = before.slice();
  for (const name of BPF_CAPABILITIES) {
    const word = NUMBERS[name] >= 32 ? 3 : 0;
    if (!kept.includes(name)) less[word]! &= ~(1 << (NUMBERS[name] & 31));
  }
  expect(set(header, less)).toBe(0);
  try {
    return work();
  } finally {
    expect(set(header, before)).toBe(0);
  }
}

const users: readonly (readonly BpfCapability[])[] = [
  [],
  ["CAP_BPF"],
  ["CAP_BPF", "CAP_PERFMON"],
  ["CAP_BPF", "CAP_NET_ADMIN"],
  ["CAP_PERFMON", "CAP_NET_ADMIN"],
  ["CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN"],
  ["CAP_SYS_ADMIN"],
];

const permitted = (ask: () => void): boolean => {
  try {
    ask();
    return true;
  } catch (error) {
    if (error instanceof BpfPermissionError) return false;
    throw error;
  }
};

/** The Linux of development refuses these to everybody. */
const CLOSED: readonly string[] = ["tracing", "lsm", "ext", "struct_ops"];

describe.skipIf(!available)(suiteName("capabilities before the running Linux"), () => {
  test.each(users.map((user) => [user.join(", ") || "none", user] as const))("%s", (_, capabilities) => {
    const insns = program(set(0, 0), EXIT);
    for (const type of Object.keys(PROGRAM_TYPES) as ProgramType[]) {
      if (CLOSED.includes(type) || type === ("unspec" as string)) continue;
      const linux = without(capabilities, () => progLoad({ type, insns }));
      if (linux.ok) close(linux.fd);
      const spec = { type, name: "p", insns: [], maps: [], license: "GPL" };
      const here = permitted(() => requireProgramPermission({ capabilities }, spec));
      expect(`${type}: ${here}`).toBe(`${type}: ${linux.errno !== "EPERM"}`);
    }
    for (const type of Object.keys(MAP_TYPES) as MapType[]) {
      // Attributes that all types take so far that they ask who it is: their errors come after, or not at all.
      const noKeys = /queue|stack$|bloom|ringbuf|arena/.test(type);
      const spec = {
        ...{ type, name: "", keySize: noKeys ? 0 : /cgroup_storage/.test(type) ? 8 : 4 },
        valueSize: /ringbuf|arena/.test(type) ? 0 : type === "stack_trace" ? 8 : 4,
        maxEntries: /ringbuf/.test(type) ? 4096 : /storage/.test(type) ? 0 : 1,
        flags:
          type === "lpm_trie" || (/storage/.test(type) && !/cgroup/.test(type)) ? 1 : type === "arena" ? 1 << 10 : 0,
      };
      const key = type === "lpm_trie" ? { ...spec, keySize: 8 } : spec;
      const linux = without(capabilities, () => mapCreate(key));
      if (linux.ok) close(linux.fd);
      const here = permitted(() => requireMapPermission({ capabilities }, key));
      // Storages want BTF, which is looked at before.
      if (linux.errno === "EINVAL") continue;
      expect(`${type}: ${here}`).toBe(`${type}: ${linux.errno !== "EPERM"}`);
    }
  });
});
