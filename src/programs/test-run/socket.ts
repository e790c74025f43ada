import type { LinearMemory } from "../../memory/memory.ts";
import type { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import { SOCK_FIELDS } from "../socket-contexts.ts";
import { ETHERNET } from "./input.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const TCP_CLOSE = 7;
/** Nobody has said which queue the socket receives from. */
const NO_QUEUE = -1;

/** The socket that a packet of a test run belongs to: closed, with the addresses of the packet. */
export interface TestSocket {
  readonly at: number;
  /** Notes in a socket buffer what programs read of its socket through it. */
  describe(skb: ObjectView<keyof typeof SK_BUFF.members>, at: number): void;
  free(): void;
}

const offsetOf = (name: string): number => SOCK_FIELDS.fields.find((field) => field.name === name)!.offset;
const [FAMILY, STATE, QUEUE] = [offsetOf("family"), offsetOf("state"), offsetOf("rx_queue_mapping")];
const [SOURCE4, DESTINATION4] = [offsetOf("src_ip4"), offsetOf("dst_ip4")];
const [SOURCE6, DESTINATION6] = [offsetOf("src_ip6"), offsetOf("dst_ip6")];

/** Puts a `struct bpf_sock` into memory. A socket's own address is the packet's source. */
export function testSocket(memory: LinearMemory, frame: Uint8Array): TestSocket {
  const at = memory.allocate(SOCK_FIELDS.size);
  const type = (frame[12] << 8) | frame[13];
  const family = type === 0x0800 ? AF_INET : type === 0x86dd ? AF_INET6 : 0;
  const { view } = memory;
  view.setUint32(at + FAMILY, family, true);
  view.setUint32(at + STATE, TCP_CLOSE, true);
  view.setInt32(at + QUEUE, NO_QUEUE, true);
  const piece = (from: number, size: number): Uint8Array => frame.subarray(ETHERNET + from, ETHERNET + from + size);
  if (family === AF_INET) {
    memory.u8.set(piece(12, 4), at + SOURCE4);
    memory.u8.set(piece(16, 4), at + DESTINATION4);
  } else if (family === AF_INET6) {
    memory.u8.set(piece(8, 16), at + SOURCE6);
    memory.u8.set(piece(24, 16), at + DESTINATION6);
  }
  return {
    at,
    describe(skb, buffer) {
      skb.set(buffer, "family", family);
      skb.copyFrom(buffer, "local_ip4", at + SOURCE4);
      skb.copyFrom(buffer, "remote_ip4", at + DESTINATION4);
      skb.copyFrom(buffer, "local_ip6", at + SOURCE6);
      skb.copyFrom(buffer, "remote_ip6", at + DESTINATION6);
    },
    free: () => memory.free(at, SOCK_FIELDS.size),
  };
}
