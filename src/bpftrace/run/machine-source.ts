import { machineBtf } from "../../btf/data/machine.ts";
import type { Linux } from "../../linux/linux.ts";
import { tracepoint } from "../../linux/tracepoints.ts";
import type { ProbeSource } from "../probes/source.ts";

/** Kinds of probes at functions of Linux: the machine lists functions once. */
const AT_FUNCTIONS = ["kretprobe", "fentry", "fexit"];

/** What bpftrace asks a simulated machine. */
export function machineSource(linux: Linux): ProbeSource {
  const btf = machineBtf(linux.release);
  let hooks: readonly string[] | undefined;
  return {
    btf,
    cpus: linux.cpus.length,
    hooks() {
      hooks ??= linux.hooks.list().flatMap((hook) => {
        const name = hook.startsWith("kprobe:") ? hook.slice("kprobe:".length) : undefined;
        return name === undefined ? [hook] : [hook, ...AT_FUNCTIONS.map((kind) => `${kind}:${name}`)];
      });
      return hooks;
    },
    fields: (name) => tracepoint(name)?.fields,
    address: (symbol) =>
      linux.symbols.list().find(({ name, module }) => name === symbol && module === undefined)?.address,
  };
}
