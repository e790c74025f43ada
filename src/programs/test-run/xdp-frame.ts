import type { LinearMemory } from "../../memory/memory.ts";
import { ObjectView, XDP_BUFF } from "../../memory/objects.ts";
import { TestRunError } from "./error.ts";
import {
  ETHERNET,
  LOOPBACK_IFINDEX,
  PAGE,
  requireFrame,
  TAIL,
  type TestRun,
  type TestRunInput,
  viewOf,
  wholeContext,
} from "./input.ts";

const XDP_HEADROOM = 256;
/** What fits into the first page of an XDP frame; the rest lies in up to 17 fragments that programs reach by helpers. */
const XDP_LINEAR = PAGE - XDP_HEADROOM - TAIL;
const XDP_LARGEST = XDP_LINEAR + 17 * PAGE;

/** `struct xdp_md`. */
const USER = {
  ...{ size: 24, data: 0, data_end: 4, data_meta: 8, ingress_ifindex: 12, rx_queue_index: 16, egress_ifindex: 20 },
} as const;
/** The headroom that Linux does not give away: its `struct xdp_frame`; and the longest metadata. */
const FRAME_STRUCT = 40;
const LONGEST_META = 252;

/** What the caller chose: where metadata end and the packet begins, what lies in one piece, and the device. */
interface Chosen {
  readonly user: Uint8Array;
  readonly meta: number;
  readonly linear: number;
  readonly ifindex: number;
}

function chosen(
  given: Uint8Array | undefined,
  length: number,
  hasDevice: (ifindex: number) => boolean,
): Chosen | undefined {
  const user = wholeContext(given, USER.size);
  if (user === undefined) return undefined;
  const view = viewOf(user);
  const field = (offset: number): number => view.getUint32(offset, true);
  const refuse = (problem: string, hint: string): never => {
    throw new TestRunError("EINVAL", problem, hint);
  };
  const [meta, linear] = [field(USER.data), field(USER.data_end)];
  const [ifindex, queue] = [field(USER.ingress_ifindex), field(USER.rx_queue_index)];
  if (field(USER.data_meta) !== 0) refuse("data_meta is not 0", "Metadata begin with the data.");
  if (linear > length || meta > linear)
    refuse(
      `data ${meta}, data_end ${linear}`,
      `The packet lies from \`data\` to \`data_end\`, at most ${length} here.`,
    );
  if (meta % 4 !== 0 || meta > LONGEST_META || meta > XDP_HEADROOM - FRAME_STRUCT)
    refuse(`${meta} bytes of metadata`, "A multiple of 4, at most 216.");
  if (length - meta < ETHERNET)
    refuse(`${length - meta} bytes behind the metadata`, "Give at least a header, 14 bytes.");
  if (field(USER.egress_ifindex) !== 0) refuse("egress_ifindex is not 0", "The packet is received, not sent.");
  if (ifindex === 0 && queue !== 0) refuse("a queue without a device", "Give `ingress_ifindex` too.");
  if (ifindex !== 0 && ifindex !== LOOPBACK_IFINDEX && !hasDevice(ifindex))
    throw new TestRunError("ENODEV", `there is no device ${ifindex}`, "`ingress_ifindex` is one that exists, or 0.");
  if (queue !== 0) refuse(`rx_queue_index is ${queue}`, "Devices have one queue here, 0.");
  return { user, meta, linear, ifindex };
}

/** A frame in a page of its own, and what does not fit there behind it. */
export function xdpFrame(memory: LinearMemory, input: TestRunInput): TestRun {
  const { data = new Uint8Array(), hasDevice = () => false } = input;
  requireFrame(data, XDP_LARGEST, "ENOMEM");
  const choice = chosen(input.context, data.length, hasDevice);
  const page = memory.allocate(PAGE);
  const at = memory.allocate(XDP_BUFF.size);
  const first = Math.min(choice?.linear ?? data.length, XDP_LINEAR + (choice?.meta ?? 0));
  const linear = data.subarray(0, first);
  const rest = data.subarray(first);
  // Whole pages: the last may be filled by a program that makes the packet longer.
  const room = Math.ceil(rest.length / PAGE) * PAGE;
  const frags = room === 0 ? 0 : memory.allocate(room);
  const meta = choice?.meta ?? 0;
  // Metadata take from the room before the packet.
  const start = page + XDP_HEADROOM;
  memory.u8.set(linear, start - meta);
  memory.u8.set(rest, frags);
  const xdp = new ObjectView(memory, XDP_BUFF);
  xdp.point(at, "data", start);
  xdp.point(at, "data_end", start - meta + linear.length);
  xdp.point(at, "data_meta", start - meta);
  xdp.point(at, "data_hard_start", page);
  xdp.point(at, "frags", frags);
  xdp.set(at, "frags_size", rest.length);
  xdp.set(at, "frame_size", PAGE);
  xdp.set(at, "ingress_ifindex", choice?.ifindex || LOOPBACK_IFINDEX);
  return {
    context: at,
    dataOut() {
      const packet = memory.u8.subarray(xdp.get(at, "data_meta"), xdp.get(at, "data_end"));
      const size = xdp.get(at, "frags_size");
      const out = new Uint8Array(packet.length + size);
      out.set(packet);
      out.set(memory.u8.subarray(frags, frags + size), packet.length);
      return out;
    },
    contextOut() {
      if (choice === undefined) return undefined;
      const out = choice.user.slice();
      const base = xdp.get(at, "data_meta");
      viewOf(out).setUint32(USER.data, xdp.get(at, "data") - base, true);
      viewOf(out).setUint32(USER.data_end, xdp.get(at, "data_end") - base, true);
      return out;
    },
    free() {
      memory.free(page, PAGE);
      if (room > 0) memory.free(frags, room);
      memory.free(at, XDP_BUFF.size);
    },
  };
}
