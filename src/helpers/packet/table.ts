/** All helpers that read and change packets. */
import type { HelperImplementation } from "../row.ts";
import { REDIRECT_HELPERS } from "./redirect.ts";
import { ROUTE_HELPERS } from "./routes.ts";
import { SKB_BYTES_HELPERS } from "./skb-bytes.ts";
import { SKB_CHECKSUM_HELPERS } from "./skb-checksum.ts";
import { SKB_MARK_HELPERS } from "./skb-marks.ts";
import { SKB_NETWORK_HELPERS } from "./skb-network.ts";
import { SKB_ROOM_HELPERS } from "./skb-room.ts";
import { SKB_VLAN_HELPERS } from "./skb-vlan.ts";
import { XDP_HELPERS } from "./xdp.ts";

export const PACKET_HELPERS: readonly HelperImplementation[] = [
  ...SKB_BYTES_HELPERS,
  ...SKB_CHECKSUM_HELPERS,
  ...SKB_ROOM_HELPERS,
  ...SKB_VLAN_HELPERS,
  ...SKB_MARK_HELPERS,
  ...SKB_NETWORK_HELPERS,
  ...XDP_HELPERS,
  ...REDIRECT_HELPERS,
  ...ROUTE_HELPERS,
];
