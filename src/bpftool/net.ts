import type { LinuxProgram } from "../linux/bpf/program.ts";
import type { NetDevice, XdpMode } from "../linux/net/device.ts";
import { NetworkError } from "../linux/net/net.ts";
import { attachNetwork } from "../loader/attach-network.ts";
import { LoadedProgram } from "../loader/loaded-program.ts";
import type { Arguments } from "./arguments.ts";
import { asPlainAttachment, filterName } from "./attachments.ts";
import { BpftoolError, errnoText, exitOf, usageError } from "./error.ts";
import { type Json, object } from "./json.ts";
import { readProgram } from "./prog/find.ts";
import { type Reply, SILENT, type Subcommand, type Tool } from "./tool.ts";

/** What `net show` calls the places where XDP runs. */
const MODES: Readonly<Record<XdpMode, string>> = { native: "driver", generic: "generic", offloaded: "offload" };

/** What `net attach` calls them; `xdp` leaves the choice to Linux. */
const ATTACH_TYPES: Readonly<Record<string, XdpMode | undefined>> = {
  xdp: undefined,
  xdpgeneric: "generic",
  xdpdrv: "native",
  xdpoffload: "offloaded",
};

const devicesOf = (tool: Tool): NetDevice[] => [...tool.machine.linux.network.initial.devices.values()];

function show(tool: Tool, args: Arguments): Reply {
  let devices = devicesOf(tool);
  if (args.left > 0) {
    if (!args.take("dev")) throw usageError("net");
    if (args.left !== 1) throw usageError("net");
    const name = args.next();
    devices = devices.filter((dev) => dev.name === name);
    if (devices.length === 0) throw new BpftoolError(`invalid devname ${name}`);
  }
  const [xdp, tc]: [[string, Json][], [string, Json][]] = [[], []];
  for (const dev of devices) {
    const { name, ifindex } = dev;
    const head = [["devname", name] as const, ["ifindex", ifindex] as const];
    if (dev.xdp !== undefined) {
      const { mode, program } = dev.xdp;
      xdp.push([
        `${name}(${ifindex}) ${MODES[mode]} id ${program.id}\n`,
        object(...head, ["mode", MODES[mode]], ["id", program.id]),
      ]);
    }
    for (const side of ["ingress", "egress"] as const)
      for (const filter of dev[side]) {
        const kind = `${filter.kind}/${side}`;
        const [id, what] = filter.kind === "tcx" ? ["prog_id", filter.name] : ["id", filterName(filter)];
        tc.push([
          `${name}(${ifindex}) ${kind} ${what} ${id} ${filter.id}\n`,
          object(...head, ["kind", kind], ["name", what!], [id!, filter.id]),
        ]);
      }
  }
  const texts = (rows: readonly (readonly [string, Json])[]): string => rows.map(([text]) => text).join("");
  return {
    text: `xdp:\n${texts(xdp)}\ntc:\n${texts(tc)}\nflow_dissector:\n\n`,
    json: [object(["xdp", xdp.map(([, json]) => json)], ["tc", tc.map(([, json]) => json)], ["flow_dissector", []])],
  };
}

function readAttachType(args: Arguments): string {
  const word = args.next();
  if (Object.hasOwn(ATTACH_TYPES, word)) return word;
  throw new BpftoolError(`invalid net attach/detach type: ${word}`, { exitCode: exitOf("EINVAL") });
}

function readDevice(tool: Tool, args: Arguments): NetDevice {
  if (!args.take("dev")) throw new BpftoolError(`expected 'dev', got: '${args.word}'`, { exitCode: exitOf("EINVAL") });
  const name = args.value();
  const found = devicesOf(tool).find((dev) => dev.name === name);
  if (found === undefined) throw new BpftoolError(`invalid devname ${name}`, { exitCode: exitOf("EINVAL") });
  return found;
}

/** Puts a program on a device, as `ip link set dev NAME xdp` does; throws `NetworkError`. */
export function setXdp(
  tool: Tool,
  dev: NetDevice,
  program: LinuxProgram,
  mode: XdpMode | undefined,
  replace: boolean,
): void {
  const { bpf, linux } = tool.machine;
  if (dev.xdp !== undefined && replace) clearXdp(tool, dev);
  const loaded = new LoadedProgram(bpf, program);
  asPlainAttachment(attachNetwork(linux, bpf, loaded, `xdp:${dev.name}`, mode === undefined ? {} : { mode }));
}

/** Takes the program from a device, if there is one. */
export function clearXdp({ machine: { bpf } }: Tool, dev: NetDevice): void {
  for (const link of bpf.links.values())
    if (link.hook === `xdp:${dev.name}` && dev.xdp?.program.id === link.program.id) link.detach();
}

function attach(tool: Tool, args: Arguments): Reply {
  args.require(5, "EINVAL");
  const word = readAttachType(args);
  const program = readProgram(tool, args);
  const dev = readDevice(tool, args);
  const overwrite = args.take("overwrite");
  if (args.left > 0)
    throw new BpftoolError(`expected 'overwrite', got: '${args.word}'`, { exitCode: exitOf("EINVAL") });
  try {
    setXdp(tool, dev, program, ATTACH_TYPES[word], overwrite);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const before = error.code === "EBUSY" ? "libbpf: Kernel error message: XDP program already attached\n" : "";
    throw new BpftoolError(`interface ${word} attach failed: ${errnoText(error.code)}`, {
      before,
      exitCode: exitOf(error.code),
    });
  }
  return SILENT;
}

function detach(tool: Tool, args: Arguments): Reply {
  args.require(3, "EINVAL");
  readAttachType(args);
  clearXdp(tool, readDevice(tool, args));
  return SILENT;
}

/** `bpftool net ...`. */
export const NET_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: show },
  { name: "list", run: show },
  { name: "attach", run: attach },
  { name: "detach", run: detach },
];
