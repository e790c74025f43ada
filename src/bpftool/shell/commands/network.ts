/** `ip` and `tc`: programs on devices, as iproute2 6.1 puts them there and shows them. */
import type { LinuxProgram } from "../../../linux/bpf/program.ts";
import { ipText, macText } from "../../../linux/net/address.ts";
import type { NetDevice, TcProgram, XdpMode } from "../../../linux/net/device.ts";
import { NetworkError } from "../../../linux/net/net.ts";
import { attachNetwork } from "../../../loader/attach-network.ts";
import { LoadedProgram } from "../../../loader/loaded-program.ts";
import { filterName, nameFilter } from "../../attachments.ts";
import { BpftoolError } from "../../error.ts";
import { clearXdp, setXdp } from "../../net.ts";
import { programFacts } from "../../prog/facts.ts";
import { pinnedAt } from "../../prog/find.ts";
import { loadOpened, objectNameOf, openObject } from "../../prog/load.ts";
import type { Tool } from "../../tool.ts";
import { failed, joined, type Output, printed, type ShellContext, type ShellProgram } from "../program.ts";

const toolOf = ({ machine, files }: ShellContext): Tool => ({
  ...{ machine, files },
  options: { json: false, pretty: false, bpffs: false, debug: false },
});

const devicesOf = ({ machine }: ShellContext): NetDevice[] => [...machine.linux.network.initial.devices.values()];
const deviceNamed = (context: ShellContext, name: string | undefined): NetDevice | undefined =>
  devicesOf(context).find((dev) => dev.name === name);

const noDevice = (name: string | undefined): Output => failed(`Cannot find device "${name ?? ""}"\n`);

/** What `ip link` calls the places where XDP runs. */
const XDP_WORDS: Readonly<Record<XdpMode, string>> = { native: "xdp", generic: "xdpgeneric", offloaded: "xdpoffload" };
const XDP_MODES: Readonly<Record<string, XdpMode | undefined>> = {
  xdp: undefined,
  xdpgeneric: "generic",
  xdpdrv: "native",
  xdpoffload: "offloaded",
};

/** A program as `ip` and `tc` show it. */
function programWords(context: ShellContext, id: number): string {
  const program = context.machine.bpf.programs.get(id);
  if (program === undefined) return `id ${id} `;
  const { name, tag, jited } = programFacts(toolOf(context), program);
  return `id ${id} name ${name} tag ${tag} ${jited > 0 ? "jited " : ""}`;
}

function linkLines(context: ShellContext, dev: NetDevice, addresses: boolean): string[] {
  const loopback = dev.kind === "loopback";
  const up = dev.up ? "UP,LOWER_UP" : "";
  const flags = [loopback ? "LOOPBACK" : "BROADCAST,MULTICAST", up].filter((flag) => flag !== "").join(",");
  const xdp = dev.xdp === undefined ? "" : ` ${XDP_WORDS[dev.xdp.mode]}`;
  const state = loopback ? "UNKNOWN" : dev.up ? "UP" : "DOWN";
  const mode = addresses ? "" : " mode DEFAULT";
  const peer = dev.peer === undefined ? dev.name : `${dev.name}@${dev.peer.name}`;
  const brd = loopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff";
  return [
    `${dev.ifindex}: ${peer}: <${flags}> mtu ${dev.mtu}${xdp} qdisc noqueue state ${state}${mode} group default qlen 1000`,
    `    link/${loopback ? "loopback" : "ether"} ${macText(dev.mac)} brd ${brd}`,
    ...(dev.xdp === undefined ? [] : [`    prog/xdp ${programWords(context, dev.xdp.program.id)}`]),
    ...(addresses
      ? dev.addresses.flatMap(({ ip, network }) => [
          `    ${typeof ip === "number" ? "inet" : "inet6"} ${ipText(ip)}/${network.bits} scope ${loopback ? "host" : "global"} ${dev.name}`,
          "       valid_lft forever preferred_lft forever",
        ])
      : []),
  ];
}

/** `obj FILE [sec NAME]`, `pinned PATH`: the program, loaded if it must be; or what to say. */
function readProgram(
  context: ShellContext,
  words: readonly string[],
  usual: string,
): { program: LinuxProgram; name: string } | Output {
  const tool = toolOf(context);
  const pinned = words.indexOf("pinned");
  try {
    if (pinned >= 0) {
      const path = words[pinned + 1] ?? "";
      return { program: pinnedAt(tool, path, "program").program, name: path.slice(path.lastIndexOf("/") + 1) };
    }
    const at = words.findIndex((word) => word === "obj" || word === "object" || word === "object-file");
    const file = words[at + 1];
    if (at < 0 || file === undefined) return failed('What is "bpf"? Try "help".\n', 255);
    const sec = words.findIndex((word) => word === "sec" || word === "section");
    const section = sec >= 0 ? (words[sec + 1] ?? usual) : usual;
    const object = openObject(tool, file);
    const found = object.programList.find((program) => program.section === section);
    if (found === undefined) {
      object.destroy();
      return failed(`object file doesn't contain sec ${section}\n`, 255);
    }
    for (const program of object.programList) program.autoload = program === found;
    loadOpened(tool, object, objectNameOf(file));
    return { program: found.loaded.program, name: `${file.slice(file.lastIndexOf("/") + 1)}:[${section}]` };
  } catch (error) {
    if (!(error instanceof BpftoolError)) throw error;
    if (error.before.includes("failed to open")) return failed("Cannot initialize ELF context!\n", 255);
    return failed(`${error.before}${error.message}\n`, 255);
  }
}

/** What Linux refused to attach goes again; what somebody else holds stays. */
const release = ({ machine: { bpf } }: ShellContext, program: LinuxProgram): void => {
  bpf.removeProgram(program);
  for (const map of program.maps) bpf.removeMap(map);
};

/** `ip link set dev NAME xdp[generic|drv|offload] { off | obj FILE sec NAME | pinned PATH }`, `up`, `down`, `mtu N`. */
function linkSet(context: ShellContext, words: readonly string[]): Output {
  const rest = words[0] === "dev" ? words.slice(1) : [...words];
  const [name, ...more] = rest;
  const dev = deviceNamed(context, name);
  if (dev === undefined) return noDevice(name);
  for (let at = 0; at < more.length; at++) {
    const word = more[at]!;
    if (word === "up" || word === "down") dev.up = word === "up";
    else if (word === "mtu") dev.mtu = Number(more[++at]) || dev.mtu;
    else if (Object.hasOwn(XDP_MODES, word))
      return setProgram(context, dev, XDP_MODES[word], more.slice(at + 1), words.includes("-force"));
    else return failed(`Error: either "dev" is duplicate, or "${word}" is a garbage.\n`, 255);
  }
  return printed("");
}

function setProgram(
  context: ShellContext,
  dev: NetDevice,
  mode: XdpMode | undefined,
  words: readonly string[],
  force: boolean,
): Output {
  const tool = toolOf(context);
  if (words[0] === "off" || words[0] === "none") {
    const old = dev.xdp && context.machine.bpf.programs.get(dev.xdp.program.id);
    clearXdp(tool, dev);
    if (old !== undefined) release(context, old);
    return printed("");
  }
  const found = readProgram(context, words, "prog");
  if ("code" in found) return found;
  try {
    setXdp(tool, dev, found.program, mode, force);
    return printed("");
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    release(context, found.program);
    const why: Readonly<Record<string, string>> = {
      EBUSY: "Error: XDP program already attached.",
      EOPNOTSUPP: "Error: Underlying driver does not support XDP in native mode.",
    };
    return failed(`${why[error.code] ?? "RTNETLINK answers: Invalid argument"}\n`, 2);
  }
}

function ip(context: ShellContext): Output {
  const words = context.words.slice(1);
  const force = words.includes("-force");
  const brief = words.includes("-br") || words.includes("-brief");
  const [object = "", verb = "show", ...rest] = words.filter((word) => !/^-/.test(word));
  const named = (): NetDevice[] | Output => {
    const name = verb !== "show" && verb !== "list" && verb !== "ls" ? verb : rest.filter((word) => word !== "dev")[0];
    if (name === undefined) return devicesOf(context);
    const dev = deviceNamed(context, name);
    return dev === undefined ? failed(`Device "${name}" does not exist.\n`) : [dev];
  };
  const show = (addresses: boolean): Output => {
    const devices = named();
    if (!Array.isArray(devices)) return devices;
    if (!brief) return printed(joined(devices.flatMap((dev) => linkLines(context, dev, addresses))));
    return printed(
      joined(
        devices.map((dev) => {
          const state = dev.kind === "loopback" ? "UNKNOWN" : dev.up ? "UP" : "DOWN";
          const last = addresses
            ? dev.addresses.map(({ ip: each, network }) => `${ipText(each)}/${network.bits}`).join(" ")
            : `${macText(dev.mac)} `;
          return `${dev.name.padEnd(16)} ${state.padEnd(14)} ${last}`;
        }),
      ),
    );
  };
  if (object !== "" && "link".startsWith(object)) {
    if (verb === "set") return linkSet(context, force ? [...rest, "-force"] : rest);
    return show(false);
  }
  if (object !== "" && "address".startsWith(object)) return show(true);
  if (object !== "" && "route".startsWith(object)) return routes(context);
  if (object === "" || object === "help")
    return failed(
      "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { address | link | route }\n",
      255,
    );
  return failed(`Object "${object}" is unknown, try "ip help".\n`);
}

function routes(context: ShellContext): Output {
  const rows = devicesOf(context).flatMap((dev) =>
    dev.addresses.flatMap(({ ip: own, network }) =>
      typeof own !== "number" || dev.kind === "loopback"
        ? []
        : [`${network.text ?? ipText(own)} dev ${dev.name} proto kernel scope link src ${ipText(own)} `],
    ),
  );
  return printed(joined(rows));
}

/** Devices that have `clsact`, which filters need. */
const clsact = new WeakSet<NetDevice>();

function tcQdisc(context: ShellContext, verb: string, words: readonly string[]): Output {
  const name = words[words.indexOf("dev") + 1];
  if (verb === "show" || verb === "list" || verb === "ls") {
    const devices = words.includes("dev") ? [deviceNamed(context, name)] : devicesOf(context);
    if (devices[0] === undefined) return noDevice(name);
    return printed(
      joined(
        devices.flatMap((dev) => [
          `qdisc noqueue 0: ${words.includes("dev") ? "" : `dev ${dev!.name} `}root refcnt 2 `,
          ...(clsact.has(dev!)
            ? [`qdisc clsact ffff: ${words.includes("dev") ? "" : `dev ${dev!.name} `}parent ffff:fff1 `]
            : []),
        ]),
      ),
    );
  }
  const dev = deviceNamed(context, name);
  if (dev === undefined) return noDevice(name);
  if (!words.includes("clsact")) return failed("Error: Specified qdisc kind is unknown.\n", 2);
  if (verb === "add" || verb === "replace") {
    if (clsact.has(dev) && verb === "add") return failed("Error: Exclusivity flag on, cannot modify.\n", 2);
    clsact.add(dev);
    return printed("");
  }
  if (!clsact.has(dev)) return failed("Error: Invalid handle.\n", 2);
  for (const side of SIDES) deleteFilters(context, dev, side);
  clsact.delete(dev);
  return printed("");
}

const SIDES = ["ingress", "egress"] as const;
type Side = (typeof SIDES)[number];

const filtersOf = (dev: NetDevice, side: Side): TcProgram[] => dev[side].filter(({ kind }) => kind === "clsact");

function deleteFilters(context: ShellContext, dev: NetDevice, side: Side): void {
  const { bpf } = context.machine;
  for (const link of [...bpf.links.values()])
    if (link.hook === `tc:${dev.name}:${side}`) {
      link.detach();
      release(context, link.program);
    }
}

function tcFilter(context: ShellContext, verb: string, words: readonly string[]): Output {
  const name = words[words.indexOf("dev") + 1];
  const dev = deviceNamed(context, name);
  if (dev === undefined) return noDevice(name);
  const side: Side = words.includes("egress") ? "egress" : "ingress";
  if (!clsact.has(dev))
    return verb === "show"
      ? printed("")
      : failed("Error: Parent Qdisc doesn't exists.\nWe have an error talking to the kernel\n", 2);
  if (verb === "show" || verb === "list" || verb === "ls") {
    const lines = filtersOf(dev, side).flatMap((filter) => {
      const head = `filter protocol all pref ${filter.priority} bpf chain 0 `;
      return [
        head,
        `${head}handle 0x1 ${filterName(filter)} direct-action not_in_hw ${programWords(context, filter.id)}`,
      ];
    });
    return printed(joined(lines));
  }
  if (verb === "del" || verb === "delete") {
    deleteFilters(context, dev, side);
    return printed("");
  }
  if (verb !== "add" && verb !== "replace") return failed(`Command "${verb}" is unknown, try "tc filter help".\n`);
  const action = words.findIndex((word) => word === "da" || word === "direct-action");
  if (!words.includes("bpf") || action < 0)
    return failed("this machine runs filters of kind bpf with direct-action (da)\n", 1);
  const found = readProgram(context, words, "classifier");
  if ("code" in found) return found;
  const { bpf, linux } = context.machine;
  // Without `pref` tc counts down from 49152.
  const asked = words.findIndex((word) => word === "pref" || word === "prio");
  const taken = filtersOf(dev, side).map(({ priority }) => priority);
  const priority = asked >= 0 ? Number(words[asked + 1]) : Math.min(49_153, ...taken) - 1;
  try {
    attachNetwork(linux, bpf, new LoadedProgram(bpf, found.program), `tc:${dev.name}:${side}`, { priority });
  } catch (error) {
    release(context, found.program);
    if (!(error instanceof NetworkError)) throw error;
    return failed("RTNETLINK answers: Invalid argument\nWe have an error talking to the kernel\n", 2);
  }
  for (const filter of filtersOf(dev, side)) if (filter.id === found.program.id) nameFilter(filter, found.name);
  return printed("");
}

function tc(context: ShellContext): Output {
  const [object = "", verb = "show", ...rest] = context.words.slice(1).filter((word) => !/^-/.test(word));
  if (object !== "" && "qdisc".startsWith(object)) return tcQdisc(context, verb, rest);
  if (object !== "" && "filter".startsWith(object)) return tcFilter(context, verb, rest);
  if (object === "" || object === "help")
    return failed("Usage:\ttc [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { qdisc | filter }\n", 255);
  return failed(`Object "${object}" is unknown, try "tc help".\n`);
}

export const NETWORK_COMMANDS: readonly ShellProgram[] = [
  { name: "ip", summary: "devices, addresses, XDP", run: ip },
  { name: "tc", summary: "filters of traffic control", run: tc },
];
