import { StructOpsMap } from "../maps/struct-ops.ts";
import type { Arguments } from "./arguments.ts";
import { BpftoolError, usageError } from "./error.ts";
import { object } from "./json.ts";
import type { Reply, Subcommand, Tool } from "./tool.ts";

/** Maps with a structure of functions; `id N` and `name NAME` say which. */
function chosen({ machine: { bpf } }: Tool, args: Arguments): StructOpsMap[] {
  const all = bpf.host.maps.filter((map) => map instanceof StructOpsMap);
  if (args.left === 0) return all;
  if (args.take("id")) {
    const id = args.number("ID");
    return all.filter(({ index }) => index + 1 === id);
  }
  if (args.take("name")) {
    const name = args.value();
    return all.filter(({ spec }) => spec.name === name);
  }
  throw usageError("struct_ops");
}

const idOf = ({ index }: StructOpsMap): number => index + 1;

function show(tool: Tool, args: Arguments): Reply {
  const maps = chosen(tool, args);
  return {
    text: maps.map((map) => `${idOf(map)}: ${map.spec.name.padEnd(15)} ${map.struct.padEnd(32)}\n`).join(""),
    json: maps.map((map) => object(["id", idOf(map)], ["name", map.spec.name], ["kernel_struct_ops", map.struct])),
  };
}

/** Takes structures back that were registered without a link. */
function unregister(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw usageError("struct_ops");
  const maps = chosen(tool, args);
  if (maps.length === 0) throw new BpftoolError("no struct_ops found");
  const { memory } = tool.machine.bpf.host;
  const key = memory.allocate(8);
  let text = "";
  for (const map of maps) {
    memory.view.setUint32(key, 0, true);
    const result = map.userDelete(key);
    const what = `${map.struct} ${map.spec.name} id ${idOf(map)}`;
    if (result < 0) throw new BpftoolError(`can't unregister ${what}: ${result}`);
    text += `Unregistered ${what}\n`;
  }
  memory.free(key, 8);
  return { text, json: [] };
}

/** `bpftool struct_ops ...`: structures of functions that programs implement. */
export const STRUCT_OPS_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: show },
  { name: "list", run: show },
  {
    name: "dump",
    run: () => {
      throw new BpftoolError("values of struct_ops maps are not printed here");
    },
  },
  {
    name: "register",
    run: (_tool, args) => {
      if (args.left !== 1) throw usageError("struct_ops");
      throw new BpftoolError(
        "object files are loaded by m.open(...).load().attach(), which registers their structures",
      );
    },
  },
  { name: "unregister", run: unregister },
];
