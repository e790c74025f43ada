import { ERRNO } from "./errno.ts";
import { MAP_FLAGS } from "./flags.ts";
import { freezeMap, isFrozen, writersOf } from "./header.ts";
import type { RuntimeMap } from "./runtime.ts";

/** Whether processes may change the map: not with `BPF_F_RDONLY`, and not once it is frozen. */
export const mayWrite = ({ spec, memory, header }: RuntimeMap): boolean =>
  (spec.flags & MAP_FLAGS.RDONLY) === 0 && !isFrozen(memory, header);

/** `BPF_MAP_FREEZE`: from now on no process can change the map; programs can. Twice is EPERM, EBUSY while it is mapped for writing. */
export function freeze(map: RuntimeMap): number {
  if (map.spec.type === "struct_ops") return -ERRNO.ENOTSUPP;
  if (!mayWrite(map)) return -ERRNO.EPERM;
  if (writersOf(map.memory, map.header) > 0) return -ERRNO.EBUSY;
  freezeMap(map.memory, map.header);
  return 0;
}
