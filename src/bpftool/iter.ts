import type { Arguments } from "./arguments.ts";
import { BpftoolError } from "./error.ts";
import { readMap } from "./map/find.ts";
import { loadOpened, objectNameOf, openObject } from "./prog/load.ts";
import type { Reply, Subcommand, Tool } from "./tool.ts";

/** `bpftool iter pin OBJ PATH [map MAP]`: iterators load, and this machine has nothing yet that runs them. */
function pin(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw new BpftoolError(`'pin' needs at least 2 arguments, ${args.left} found`, { usage: "iter" });
  const file = args.next();
  args.next();
  if (args.left > 0) {
    if (!args.take("map")) throw new BpftoolError(`expected 'map', got: '${args.word}'`, { usage: "iter" });
    readMap(tool, args);
  }
  const object = openObject(tool, file);
  loadOpened(tool, object, objectNameOf(file));
  const name = object.programList[0]?.name ?? "";
  object.destroy();
  throw new BpftoolError(`attach_iter failed for program ${name}: iterators cannot be attached on this machine`);
}

/** `bpftool iter ...`. */
export const ITER_COMMANDS: readonly Subcommand[] = [{ name: "pin", run: pin }];
