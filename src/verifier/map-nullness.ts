/** What the result of a lookup becomes once it is known not to be NULL. */
import type { Environment } from "./environment.ts";
import type { Words } from "./int64.ts";
import { hasKind, mapRecord } from "./records.ts";
import { AUX, BASE_TYPE, EXTRA, ID, MAYBE_NULL, TYPE, TYPES } from "./registers.ts";

/** The pointer is not NULL: values of some map types are no memory but a map or a socket. */
export function markNotNull(env: Environment, w: Words, r: number): void {
  const type = w[r + TYPE];
  w[r + TYPE] = type & ~MAYBE_NULL;
  if ((type & BASE_TYPE) !== TYPES.MAP_VALUE) return;
  const map = w[r + AUX];
  const inner = env.innerMaps[map];
  if (inner !== undefined) {
    w[r + TYPE] = TYPES.MAP_PTR;
    w[r + AUX] = inner;
    // Timers and workqueues must be told from those of other maps that came from other lookups.
    w[r + EXTRA] = hasKind(mapRecord(env, env.maps[inner]), "bpf_timer", "bpf_wq", "bpf_task_work") ? w[r + ID] : 0;
    return;
  }
  switch (env.maps[map].type) {
    case "xskmap":
      w[r + TYPE] = TYPES.XDP_SOCK;
      w[r + AUX] = 0;
      return;
    case "sockmap":
    case "sockhash":
      w[r + TYPE] = TYPES.SOCKET;
      w[r + AUX] = 0;
  }
}
