import type { HelperPrototype } from "../row.ts";
import { MAP_PROTOTYPES } from "./map.ts";
import { PACKET_PROTOTYPES } from "./packet.ts";
import { PROGRAM_PROTOTYPES } from "./program.ts";
import { SOCKET_PROTOTYPES } from "./socket.ts";
import { TRACING_PROTOTYPES } from "./tracing.ts";

/** All helpers of Linux 6.18, by id. */
export const PROTOTYPES: readonly HelperPrototype[] = [
  ...MAP_PROTOTYPES,
  ...PROGRAM_PROTOTYPES,
  ...TRACING_PROTOTYPES,
  ...PACKET_PROTOTYPES,
  ...SOCKET_PROTOTYPES,
].sort((a, b) => a.id - b.id);
