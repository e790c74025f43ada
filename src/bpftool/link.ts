import type { BpfLink } from "../linux/bpf/link.ts";
import type { Arguments } from "./arguments.ts";
import { isPlainAttachment } from "./attachments.ts";
import { BpftoolError, exitOf, usageError } from "./error.ts";
import { type Json, object } from "./json.ts";
import { pinObject } from "./pin.ts";
import { pinnedAt } from "./prog/find.ts";
import { type Reply, SILENT, type Subcommand, type Tool } from "./tool.ts";

/** How Linux has a program at a hook, by the first word of the hook's name. */
const LINK_TYPES: Readonly<Record<string, string>> = {
  rawtracepoint: "raw_tracepoint",
  tp_btf: "tracing",
  fentry: "tracing",
  fexit: "tracing",
  fmod_ret: "tracing",
  lsm: "tracing",
  freplace: "tracing",
  struct_ops: "struct_ops",
  cgroup: "cgroup",
  xdp: "xdp",
  tcx: "tcx",
};

const ATTACH_TYPES: Readonly<Record<string, string>> = {
  tp_btf: "trace_raw_tp",
  fentry: "trace_fentry",
  fexit: "trace_fexit",
  fmod_ret: "modify_return",
  lsm: "lsm_mac",
};

/** Links of a machine; filters of traffic control and programs that `ip link` puts on a device are none. */
export const linksOf = ({ machine: { bpf } }: Tool): BpfLink[] =>
  [...bpf.links.values()].filter((link) => !isPlainAttachment(link) && link.map?.isLinked !== false);

/** `[what, target]` of a hook: `["kprobe", "vfs_read"]`. */
export function hookParts(hook: string): readonly [string, string] {
  const cut = hook.indexOf(":");
  return [hook.slice(0, cut), hook.slice(cut + 1)];
}

function details({ hook, program, of, map }: BpfLink): readonly (readonly [string, Json])[] {
  const [kind, target] = hookParts(hook);
  switch (LINK_TYPES[kind]) {
    case "raw_tracepoint":
      return [["tp_name", target]];
    case "tracing":
      return [
        ["prog_type", program.spec.type],
        ["attach_type", ATTACH_TYPES[kind] ?? "unspec"],
        ...(of === undefined
          ? []
          : ([
              ["target_obj_id", of.program.id],
              ["target_btf_id", of.btfId],
            ] as const)),
      ];
    case "struct_ops":
      return map === undefined ? [] : [["map_id", map.index + 1]];
    case "cgroup":
      return [["attach_type", program.spec.expectedAttachType ?? ""]];
    default:
      return [];
  }
}

function linkText(tool: Tool, link: BpfLink): string {
  const [kind] = hookParts(link.hook);
  const rows = details(link);
  const shown = rows.map(([name, value]) => (name === "tp_name" ? `tp '${value}'  ` : `${name} ${value}  `)).join("");
  // A structure of functions has no program of its own.
  const program = kind === "struct_ops" ? "" : `prog ${link.program.id}  `;
  const pins = tool.options.bpffs
    ? pinsOf(tool, link)
        .map((path) => `\n\tpinned ${path}`)
        .join("")
    : "";
  return `${link.id}: ${LINK_TYPES[kind] ?? "perf_event"}  ${program}${rows.length > 0 ? `\n\t${shown}` : ""}${pins}\n`;
}

const pinsOf = ({ machine: { bpf } }: Tool, link: BpfLink): string[] =>
  bpf.fs.list().flatMap(([path, pin]) => (pin.kind === "link" && pin.link === link ? [path] : []));

function linkJson(tool: Tool, link: BpfLink): Json {
  const [kind] = hookParts(link.hook);
  const pins = pinsOf(tool, link);
  return object(
    ["id", link.id],
    ["type", LINK_TYPES[kind] ?? "perf_event"],
    ["prog_id", kind === "struct_ops" ? undefined : link.program.id],
    ...details(link),
    ["pinned", tool.options.bpffs && pins.length > 0 ? pins : undefined],
  );
}

function readLink(tool: Tool, args: Arguments): BpfLink {
  if (args.take("id")) {
    const id = args.number("ID");
    const found = linksOf(tool).find((link) => link.id === id);
    if (found === undefined)
      throw new BpftoolError(`failed to get link with ID ${id}: No such file or directory`, {
        exitCode: exitOf("ENOENT"),
      });
    return found;
  }
  if (args.take("pinned")) return pinnedAt(tool, args.value(), "link").link;
  throw new BpftoolError("link specifier is invalid or missing", { usage: "link" });
}

function show(tool: Tool, args: Arguments): Reply {
  if (args.left === 0) {
    const all = linksOf(tool);
    return { text: all.map((link) => linkText(tool, link)).join(""), json: all.map((link) => linkJson(tool, link)) };
  }
  const link = readLink(tool, args);
  if (args.left > 0) throw usageError("link");
  return { text: linkText(tool, link), json: linkJson(tool, link) };
}

function pin(tool: Tool, args: Arguments): Reply {
  args.require(3, "EINVAL");
  const link = readLink(tool, args);
  if (args.left !== 1) throw usageError("link");
  pinObject(tool, args.next(), { kind: "link", link });
  return SILENT;
}

function detach(tool: Tool, args: Arguments): Reply {
  let link: BpfLink;
  try {
    link = readLink(tool, args);
  } catch (error) {
    if (!(error instanceof BpftoolError)) throw error;
    throw new BpftoolError(error.message, { exitCode: 1, ...(error.usage === "" ? {} : { usage: "link" }) });
  }
  if (args.left > 0) throw new BpftoolError("link specifier is invalid or missing", { exitCode: 1, usage: "link" });
  link.detach();
  return SILENT;
}

/** `bpftool link ...`. */
export const LINK_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: show },
  { name: "list", run: show },
  { name: "pin", run: pin },
  { name: "detach", run: detach },
];
