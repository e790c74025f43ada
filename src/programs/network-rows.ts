/** Program types that see packets and connections. */
import {
  FLOW_DISSECTOR_CONTEXT,
  LWT_CONTEXT,
  NETFILTER_CONTEXT,
  SCHED_CLS_CONTEXT,
  SK_SKB_CONTEXT,
  SOCKET_FILTER_CONTEXT,
  XDP_CONTEXT,
  XDP_DEVMAP_CONTEXT,
} from "./contexts.ts";
import {
  BASE,
  COARSE_TIME,
  INGRESS,
  LWT,
  LWT_SEG6,
  LWT_XMIT,
  NETWORK,
  PERF_OUTPUT,
  SCHED_CLS,
  SK_MSG,
  SK_REUSEPORT,
  SK_SKB,
  SOCKET_BUFFER,
  SOCKET_CASTS,
  SOCKET_LOOKUP,
  SOCKET_STORAGE,
  XDP,
} from "./helper-sets.ts";
import { SK_LOOKUP_CONTEXT, SK_MSG_CONTEXT, SK_REUSEPORT_CONTEXT } from "./socket-contexts.ts";
import { type Details, helpers } from "./tracing-rows.ts";
import type { ProgramType } from "./types.ts";

/** What traffic control does with a packet. */
const TC_VERDICTS = {
  [-1]: "TC_ACT_UNSPEC",
  0: "TC_ACT_OK",
  1: "TC_ACT_RECLASSIFY",
  2: "TC_ACT_SHOT",
  3: "TC_ACT_PIPE",
  4: "TC_ACT_STOLEN",
  5: "TC_ACT_QUEUED",
  6: "TC_ACT_REPEAT",
  7: "TC_ACT_REDIRECT",
  8: "TC_ACT_TRAP",
} as const;

const TC = {
  verdicts: TC_VERDICTS,
  context: SCHED_CLS_CONTEXT,
  helpers: helpers(BASE, NETWORK, SOCKET_BUFFER, INGRESS, SCHED_CLS),
  packetAccess: "write",
} as const;

const LWT_VERDICTS = { 0: "BPF_OK", 2: "BPF_DROP", 7: "BPF_REDIRECT", 128: "BPF_LWT_REROUTE" } as const;
const SK_VERDICTS = { 0: "SK_DROP", 1: "SK_PASS" } as const;

export const NETWORK_ROWS = {
  socket_filter: {
    doc: "Runs for each packet that a socket receives; returns how many bytes of it to keep.",
    attachTypes: [],
    context: SOCKET_FILTER_CONTEXT,
    helpers: helpers(BASE, NETWORK, SOCKET_BUFFER),
  },
  sched_cls: {
    doc: "Runs for each packet that enters or leaves a device through traffic control.",
    attachTypes: ["tcx_ingress", "tcx_egress", "netkit_primary", "netkit_peer"],
    ...TC,
  },
  sched_act: {
    doc: "Runs as an action of traffic control, after a filter has matched a packet.",
    attachTypes: [],
    ...TC,
  },
  xdp: {
    doc: "Runs in a network driver for each packet received, before Linux makes a socket buffer of it.",
    attachTypes: ["xdp", "xdp_devmap", "xdp_cpumap"],
    verdicts: { 0: "XDP_ABORTED", 1: "XDP_DROP", 2: "XDP_PASS", 3: "XDP_TX", 4: "XDP_REDIRECT" },
    context: XDP_CONTEXT,
    helpers: helpers(BASE, NETWORK, INGRESS, XDP),
    packetAccess: "write",
    variants: { xdp_devmap: { context: XDP_DEVMAP_CONTEXT } },
  },
  lwt_in: {
    doc: "Runs for each packet that a route's lightweight tunnel receives.",
    attachTypes: [],
    verdicts: LWT_VERDICTS,
    context: LWT_CONTEXT,
    helpers: helpers(BASE, NETWORK, LWT, ["lwt_push_encap"]),
    packetAccess: "read",
  },
  lwt_out: {
    doc: "Runs for each packet that this machine sends through a route's lightweight tunnel.",
    attachTypes: [],
    verdicts: LWT_VERDICTS,
    context: LWT_CONTEXT,
    helpers: helpers(BASE, NETWORK, LWT),
    packetAccess: "read",
  },
  lwt_xmit: {
    doc: "Runs for each packet that leaves through a route's lightweight tunnel, and may change it.",
    attachTypes: [],
    verdicts: LWT_VERDICTS,
    context: LWT_CONTEXT,
    helpers: helpers(BASE, NETWORK, LWT, LWT_XMIT),
    packetAccess: "write",
  },
  lwt_seg6local: {
    doc: "Runs for each packet that reaches an endpoint of segment routing.",
    attachTypes: [],
    verdicts: LWT_VERDICTS,
    context: LWT_CONTEXT,
    helpers: helpers(BASE, NETWORK, LWT, LWT_SEG6),
    packetAccess: "read",
  },
  flow_dissector: {
    doc: "Finds addresses and ports in a packet, in place of Linux's own dissector.",
    attachTypes: ["flow_dissector"],
    context: FLOW_DISSECTOR_CONTEXT,
    helpers: helpers(BASE, SOCKET_CASTS, COARSE_TIME, ["skb_load_bytes"]),
    packetAccess: "read",
  },
  sk_skb: {
    doc: "Runs for data that sockets of a map receive: finds messages in it, and where they go.",
    attachTypes: ["sk_skb_stream_verdict", "sk_skb_stream_parser", "sk_skb_verdict"],
    verdicts: SK_VERDICTS,
    context: SK_SKB_CONTEXT,
    helpers: helpers(BASE, NETWORK, SK_SKB, SOCKET_LOOKUP),
    packetAccess: "write",
  },
  sk_msg: {
    doc: "Runs for each message that a socket of a map sends.",
    attachTypes: ["sk_msg_verdict"],
    verdicts: SK_VERDICTS,
    context: SK_MSG_CONTEXT,
    helpers: helpers(BASE, NETWORK, SK_MSG, SOCKET_STORAGE),
    packetAccess: "write",
  },
  sk_reuseport: {
    doc: "Chooses one of several sockets that listen on the same port.",
    attachTypes: ["sk_reuseport_select", "sk_reuseport_select_or_migrate"],
    verdicts: SK_VERDICTS,
    context: SK_REUSEPORT_CONTEXT,
    helpers: helpers(BASE, COARSE_TIME, SK_REUSEPORT),
    packetAccess: "read",
  },
  sk_lookup: {
    doc: "Chooses the socket for a new connection or a datagram.",
    defaultAttach: "sk_lookup",
    attachTypes: ["sk_lookup"],
    verdicts: SK_VERDICTS,
    context: SK_LOOKUP_CONTEXT,
    helpers: helpers(BASE, SOCKET_CASTS, COARSE_TIME, PERF_OUTPUT, ["sk_assign", "sk_release"]),
    returns: { min: 0, max: 1 },
  },
  netfilter: {
    doc: "Runs at a hook of the packet filter.",
    defaultAttach: "netfilter",
    attachTypes: ["netfilter"],
    verdicts: { 0: "NF_DROP", 1: "NF_ACCEPT" },
    context: NETFILTER_CONTEXT,
    helpers: helpers(BASE),
    returns: { min: 0, max: 1 },
  },
} as const satisfies Readonly<Partial<Record<ProgramType, Details>>>;
