import type { BpfLink } from "../linux/bpf/link.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { Linux } from "../linux/linux.ts";
import { XDP_MODES, type XdpMode } from "../linux/net/device.ts";
import { deviceNamed, NetworkError } from "../linux/net/net.ts";
import { ordered } from "../linux/net/traffic-control.ts";
import type { LoadedProgram } from "./loaded-program.ts";

/** Hooks on network devices: `xdp:eth0`, `tc:eth0:ingress`, `tcx:eth0:egress`; in a namespace `xdp:blue/veth1`. */
const FORM = /^(xdp|tc|tcx):([^:]+)(?::(ingress|egress))?$/;

/** How a program is attached to a device. */
export interface NetworkAttachOptions {
  /** Where XDP runs; default `native`, in the driver, where the device's driver can, else `generic`. */
  readonly mode?: XdpMode;
  /** For `tc`: filters with lower numbers run first; default 49152, as `tc` chooses. */
  readonly priority?: number;
}

/** A load of 8 bytes, and where `sk` lies in `struct __sk_buff`. */
const LOAD_64 = 0x79;
const SK_OFFSET = 168;

/** What a card can do by itself: maps and the packet, nothing else of Linux (helpers by number). */
const OFFLOADED_HELPERS = [1, 2, 3, 7, 44, 65];

/** Whether a hook is one of a network device. */
export const isNetworkHook = (hook: string): boolean => /^(xdp|tc|tcx):/.test(hook);

/**
 * Attaches a program to a device. Throws `NetworkError`: ENODEV for a device that does not exist, EBUSY where another XDP program
 * is, EOPNOTSUPP where the device cannot do it, EINVAL for a hook or a program of another kind.
 */
export function attachNetwork(
  linux: Linux,
  bpf: BpfSubsystem,
  { program, spec }: LoadedProgram,
  hook: string,
  { mode, priority = 49_152 }: NetworkAttachOptions,
): BpfLink {
  const [, kind, name, side] = FORM.exec(hook) ?? [];
  if (kind === undefined || name === undefined || (kind === "xdp") !== (side === undefined))
    throw new NetworkError("EINVAL", `no such hook: ${hook}; write xdp:eth0, tc:eth0:ingress or tcx:eth0:egress`);
  const type = kind === "xdp" ? "xdp" : "sched_cls";
  if (spec.type !== type)
    throw new NetworkError("EINVAL", `${spec.name} is of type ${spec.type}: ${hook} runs programs of type ${type}`);
  const dev = deviceNamed(linux, name);
  const run = (context: number): number => bpf.run(program, context);
  const own = { id: program.id, name: spec.name, type, run, readsSocket: readsSocket(spec) };
  if (kind !== "xdp") {
    const filter = { ...own, kind: kind === "tc" ? ("clsact" as const) : ("tcx" as const), priority };
    const at = side as "ingress" | "egress";
    dev[at] = ordered([...dev[at], filter]);
    return bpf.link(hook, program, () => {
      dev[at] = dev[at].filter((other) => other !== filter);
    });
  }
  if (spec.expectedAttachType === "xdp_devmap" || spec.expectedAttachType === "xdp_cpumap")
    throw new NetworkError(
      "EINVAL",
      `${spec.name} was loaded for ${spec.expectedAttachType}: it runs for a target of such a map, not at a device`,
    );
  const chosen = mode ?? (dev.kind === "loopback" ? "generic" : "native");
  if (!XDP_MODES.includes(chosen))
    throw new NetworkError("EINVAL", `no mode ${String(mode)}; there are ${XDP_MODES.join(", ")}`);
  if (chosen === "native" && dev.kind === "loopback")
    throw new NetworkError("EOPNOTSUPP", `the driver of ${name} has no XDP: use mode generic`);
  if (chosen === "offloaded") checkOffload(dev.kind, name, spec);
  if (dev.xdp !== undefined)
    throw new NetworkError("EBUSY", `${name} has the XDP program ${dev.xdp.program.name} already`);
  const attached = { mode: chosen, program: own };
  dev.xdp = attached;
  return bpf.link(hook, program, () => {
    if (dev.xdp === attached) dev.xdp = undefined;
  });
}

/** Whether a program of traffic control loads `sk`: only then the packet's socket is brought into memory. */
const readsSocket = ({ type, insns }: LoadedProgram["spec"]): boolean =>
  type === "sched_cls" && insns.some(({ code, offset }) => code === LOAD_64 && offset === SK_OFFSET);

/** The card verifies again, and takes less than Linux. */
function checkOffload(kind: string, name: string, spec: LoadedProgram["spec"]): void {
  if (kind !== "ethernet") throw new NetworkError("EOPNOTSUPP", `${name} is no card: nothing can be offloaded to it`);
  for (const [at, { code, src, imm }] of spec.insns.entries())
    if (code === 0x85 && src === 0 && !OFFLOADED_HELPERS.includes(imm))
      throw new NetworkError(
        "EOPNOTSUPP",
        `${spec.name} calls helper ${imm} (instruction ${at}), which the card of ${name} does not have`,
      );
}
