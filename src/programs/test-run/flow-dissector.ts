import type { LinearMemory } from "../../memory/memory.ts";
import { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import {
  ETHERNET,
  PAGE,
  requireFrame,
  requireZeros,
  type TestRun,
  type TestRunInput,
  viewOf,
  wholeContext,
} from "./input.ts";

/** `struct bpf_flow_keys`. */
const KEYS = { size: 56, nhoff: 0, thoff: 2, n_proto: 10, flags: 48, flow_label: 52 } as const;

/**
 * A frame whose flow a program finds: it is told that the network header follows the Ethernet header, and writes the keys,
 * which are what Linux gives back as data.
 */
export function flowDissection(memory: LinearMemory, input: TestRunInput): TestRun {
  const { data = new Uint8Array() } = input;
  // Linux keeps no room around this packet.
  requireFrame(data, PAGE, "EINVAL");
  const user = wholeContext(input.context, KEYS.size);
  if (user) {
    const hint = "Of the keys only `flags` can be chosen.";
    requireZeros(user, 0, KEYS.flags, hint);
    requireZeros(user, KEYS.flow_label, KEYS.size, hint);
  }
  const [packet, at, keys] = [memory.allocate(PAGE), memory.allocate(SK_BUFF.size), memory.allocate(KEYS.size)];
  memory.u8.set(data, packet);
  const context = new ObjectView(memory, SK_BUFF);
  context.point(at, "head", packet);
  context.point(at, "data", packet);
  context.point(at, "data_end", packet + data.length);
  context.point(at, "end", packet + PAGE);
  context.point(at, "flow_keys", keys);
  context.set(at, "len", data.length);
  const before = (): void => {
    memory.u8.fill(0, keys, keys + KEYS.size);
    memory.view.setUint16(keys + KEYS.nhoff, ETHERNET, true);
    memory.view.setUint16(keys + KEYS.thoff, ETHERNET, true);
    memory.u8.set(data.subarray(12, 14), keys + KEYS.n_proto);
    if (user) memory.u8.set(user.subarray(KEYS.flags, KEYS.flags + 4), keys + KEYS.flags);
  };
  before();
  return {
    context: at,
    before,
    dataOut() {
      const out = memory.u8.slice(keys, keys + KEYS.size);
      const view = viewOf(out);
      const clamp = (value: number, least: number): number => Math.min(Math.max(value, least), data.length);
      const network = clamp(view.getUint16(KEYS.nhoff, true), ETHERNET);
      view.setUint16(KEYS.nhoff, network, true);
      view.setUint16(KEYS.thoff, clamp(view.getUint16(KEYS.thoff, true), network), true);
      return out;
    },
    contextOut: () => user,
    free() {
      memory.free(packet, PAGE);
      memory.free(at, SK_BUFF.size);
      memory.free(keys, KEYS.size);
    },
  };
}
