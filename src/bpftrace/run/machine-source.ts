import { machineBtf } from "../../btf/data/machine.ts";
import { realPath } from "../../linux/binaries.ts";
import type { Linux } from "../../linux/linux.ts";
import { tracepoint } from "../../linux/tracepoints.ts";
import type { ProbeSource } from "../probes/source.ts";

/** Kinds of probes at functions of Linux whose types ship: the machine lists functions once. */
const TYPED = ["fentry", "fexit"];

/** What iterators go through here. */
const ITERATORS = ["task", "task_file", "task_vma"];

const LIBRARY_DIRECTORY = "/usr/lib/x86_64-linux-gnu";

/** Files of libraries that probes name without a path, as the linker's cache has them. */
const LIBRARIES: Readonly<Record<string, string>> = {
  libc: `${LIBRARY_DIRECTORY}/libc.so.6`,
  libpthread: `${LIBRARY_DIRECTORY}/libpthread.so.0`,
  libssl: `${LIBRARY_DIRECTORY}/libssl.so.3`,
  libcrypto: `${LIBRARY_DIRECTORY}/libcrypto.so.3`,
};

/** What bpftrace asks a simulated machine. */
export function machineSource(linux: Linux): ProbeSource {
  const btf = machineBtf(linux.release);
  let hooks: readonly string[] | undefined;
  return {
    btf,
    cpus: linux.cpus.length,
    hooks() {
      hooks ??= [
        ...linux.hooks.list().flatMap((hook) => {
          const name = hook.startsWith("kprobe:") ? hook.slice("kprobe:".length) : undefined;
          if (name === undefined) return [hook];
          const typed = btf.byName(name, "func") === undefined ? [] : TYPED.map((kind) => `${kind}:${name}`);
          return [hook, `kretprobe:${name}`, ...typed];
        }),
        ...ITERATORS.map((kind) => `iter:${kind}`),
      ];
      return hooks;
    },
    program: (name) => (name.startsWith("/") ? realPath(name) : (LIBRARIES[name.replace(/\.so.*$/, "")] ?? name)),
    fields: (name) => tracepoint(name)?.fields,
    cgroup: (path) => linux.cgroups.find(path)?.id,
    functionAt(address) {
      const found = linux.symbolize(address);
      return found?.offset === 0 && found.module === undefined ? found.name : undefined;
    },
    address: (symbol) => {
      if (symbol === "avenrun") return linux.load.address();
      return linux.symbols.list().find(({ name, module }) => name === symbol && module === undefined)?.address;
    },
  };
}
