/** Who may load programs and make maps: this thread gives capabilities up for a moment, and Linux says what it then may not do. */
import { describe, expect, test } from "vitest";
import {
  type BpfCapability,
  BpfPermissionError,
  requireMapPermission,
  requireProgramPermission,
} from "../../src/linux/bpf/permission.ts";
import { MAP_TYPES, type MapType } from "../../src/maps/spec.ts";
import { PROGRAM_TYPES, type ProgramType } from "../../src/programs/types.ts";
import { available, close, mapCreate, progLoad, suiteName } from "./bpf.ts";
import { without } from "./capabilities.ts";
import { EXIT, program, set } from "./slots.ts";

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
