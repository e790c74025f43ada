/** What the result of a lookup becomes once it is known not to be NULL. */
import type { Environment } from "./environment.ts";
import type { Words } from "./int64.ts";
import { AUX, BASE_TYPE, MAYBE_NULL, TYPE, TYPES } from "./registers.ts";

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
