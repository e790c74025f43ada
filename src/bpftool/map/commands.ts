import type { Arguments } from "../arguments.ts";
import { usageError } from "../error.ts";
import { pinObject } from "../pin.ts";
import { type Reply, SILENT, type Subcommand, type Tool } from "../tool.ts";
import { createMap } from "./create.ts";
import { deleteElement, dumpMap, freezeMap, lookupElement, nextKey, popElement, updateElement } from "./elements.ts";
import { eventPipe } from "./event-pipe.ts";
import { readMap } from "./find.ts";
import { showMaps } from "./show.ts";

function pinMap(tool: Tool, args: Arguments): Reply {
  args.require(3, "EINVAL");
  const map = readMap(tool, args);
  if (args.left !== 1) throw usageError("map");
  pinObject(tool, args.next(), { kind: "map", map });
  return SILENT;
}

/** `bpftool map ...`. */
export const MAP_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: showMaps },
  { name: "list", run: showMaps },
  { name: "dump", run: dumpMap },
  { name: "update", run: updateElement },
  { name: "lookup", run: lookupElement },
  { name: "getnext", run: nextKey },
  { name: "delete", run: deleteElement },
  { name: "pin", run: pinMap },
  { name: "event_pipe", takesTime: true, run: eventPipe },
  { name: "peek", run: lookupElement },
  { name: "push", run: updateElement },
  { name: "enqueue", run: updateElement },
  { name: "pop", run: popElement },
  { name: "dequeue", run: popElement },
  { name: "create", run: createMap },
  { name: "freeze", run: freezeMap },
];
