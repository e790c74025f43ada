import type { BpfLink } from "../linux/bpf/link.ts";
import type { Cgroup } from "../linux/cgroups.ts";
import { AttachError, attach } from "../loader/attach.ts";
import { LoadedProgram } from "../loader/loaded-program.ts";
import { ATTACH_TYPES, type AttachType } from "../programs/attach-types.ts";
import type { Arguments } from "./arguments.ts";
import { asPlainAttachment } from "./attachments.ts";
import { BpftoolError, errnoText } from "./error.ts";
import { type Json, object } from "./json.ts";
import { readProgram } from "./prog/find.ts";
import { type Reply, SILENT, type Subcommand, type Tool } from "./tool.ts";
import { errnoOf } from "./write.ts";

/** Where the tree of cgroups is mounted. */
const ROOT = "/sys/fs/cgroup";

/** The cgroup that a path of the file system is. */
function cgroupAt(tool: Tool, path: string): Cgroup | undefined {
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return undefined;
  const inner = path.slice(ROOT.length).replace(/\/+$/, "") || "/";
  return tool.machine.linux.cgroups.list().find((cgroup) => cgroup.path === inner);
}

const requireCgroup = (tool: Tool, path: string): Cgroup => {
  const found = cgroupAt(tool, path);
  if (found === undefined) throw new BpftoolError(`can't open cgroup ${path}`);
  return found;
};

/** What is attached to a cgroup itself: hooks are `cgroup:PATH` or `cgroup:PATH:PLACE`. */
const attachedTo = (tool: Tool, { path }: Cgroup): BpfLink[] =>
  [...tool.machine.bpf.links.values()].filter(
    ({ hook }) => hook === `cgroup:${path}` || hook.startsWith(`cgroup:${path}:`),
  );

function rowOf(link: BpfLink): { id: number; type: string; flags: string; name: string } {
  const { program, hook } = link;
  const place = hook.split(":")[2] ?? "";
  const type = program.spec.expectedAttachType ?? (Object.hasOwn(ATTACH_TYPES, place) ? place : `cgroup_inet_${place}`);
  return { id: program.id, type, flags: "multi", name: program.spec.name.slice(0, 15) };
}

const rowJson = (link: BpfLink): Json => {
  const { id, type, flags, name } = rowOf(link);
  return object(["id", id], ["attach_type", type], ["attach_flags", flags], ["name", name]);
};

const HEAD = `${"ID".padEnd(8)} ${"AttachType".padEnd(15)} ${"AttachFlags".padEnd(15)} ${"Name".padEnd(15)}\n`;

function rowText(link: BpfLink, indent = ""): string {
  const { id, type, flags, name } = rowOf(link);
  return `${indent}${String(id).padEnd(8)} ${type.padEnd(15)} ${flags.padEnd(15)} ${name.padEnd(15)}\n`;
}

function readEffective(args: Arguments): void {
  if (args.left === 0) return;
  if (!args.take("effective")) throw new BpftoolError(`expected no more arguments, 'effective', got: '${args.word}'?`);
}

function show(tool: Tool, args: Arguments): Reply {
  args.require(1);
  const path = args.next();
  readEffective(args);
  const links = attachedTo(tool, requireCgroup(tool, path));
  return {
    text: links.length === 0 ? "" : HEAD + links.map((link) => rowText(link)).join(""),
    json: links.map(rowJson),
  };
}

function tree(tool: Tool, args: Arguments): Reply {
  const path = args.left > 0 && !args.is("effective") ? args.next() : ROOT;
  readEffective(args);
  const head = `CgroupPath\n${HEAD}`;
  const top = cgroupAt(tool, path);
  if (top === undefined)
    throw new BpftoolError(`can't iterate over ${path}: No such file or directory`, {
      before: tool.options.json ? "" : head,
    });
  const inside = tool.machine.linux.cgroups
    .list()
    .filter((cgroup) => cgroup === top || cgroup.line.includes(top))
    .map((cgroup) => ({ cgroup, links: attachedTo(tool, cgroup) }))
    .filter(({ links }) => links.length > 0);
  const fullPath = ({ path: own }: Cgroup): string => (own === "/" ? ROOT : ROOT + own);
  return {
    text:
      head +
      inside
        .map(({ cgroup, links }) => `${fullPath(cgroup)}\n${links.map((link) => rowText(link, "    ")).join("")}`)
        .join(""),
    json: inside.map(({ cgroup, links }) => object(["cgroup", fullPath(cgroup)], ["programs", links.map(rowJson)])),
  };
}

function readType(args: Arguments): AttachType {
  const word = args.next();
  const names = (Object.keys(ATTACH_TYPES) as AttachType[]).filter((name) => name.startsWith("cgroup_"));
  const found = names.find((name) => name === word) ?? names.find((name) => name.startsWith(word));
  if (found === undefined) throw new BpftoolError("invalid attach type");
  return found;
}

function attachProgram(tool: Tool, args: Arguments): Reply {
  if (args.left < 4) throw new BpftoolError("too few parameters for cgroup attach");
  const path = args.next();
  const cgroup = requireCgroup(tool, path);
  const type = readType(args);
  const program = readProgram(tool, args);
  let mode: "none" | "multi" | "override" = "none";
  while (args.left > 0)
    if (args.take("multi")) mode = "multi";
    else if (args.take("override")) mode = "override";
    else throw new BpftoolError(`unknown option: ${args.word}`);
  const { bpf, linux } = tool.machine;
  try {
    asPlainAttachment(attach(linux, bpf, new LoadedProgram(bpf, program), `cgroup:${cgroup.path}:${type}`, { mode }));
  } catch (error) {
    const errno = error instanceof AttachError ? error.code : errnoOf(error);
    if (errno === undefined && !(error instanceof Error && error.name === "HookError")) throw error;
    throw new BpftoolError(`failed to attach program: ${errnoText(errno ?? "EINVAL")}`);
  }
  return SILENT;
}

function detachProgram(tool: Tool, args: Arguments): Reply {
  if (args.left < 4) throw new BpftoolError("too few parameters for cgroup detach");
  const cgroup = requireCgroup(tool, args.next());
  const type = readType(args);
  const program = readProgram(tool, args);
  const link = attachedTo(tool, cgroup).find((each) => each.program === program && rowOf(each).type === type);
  if (link === undefined) throw new BpftoolError("failed to detach program: No such file or directory");
  link.detach();
  return SILENT;
}

/** `bpftool cgroup ...`. */
export const CGROUP_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: show },
  { name: "list", run: show },
  { name: "tree", run: tree },
  { name: "attach", run: attachProgram },
  { name: "detach", run: detachProgram },
];
