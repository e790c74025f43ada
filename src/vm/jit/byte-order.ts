import type { Operation } from "../operation.ts";
import type { FrameBuilder } from "./frame.ts";

/** Emits le16..le64, be16..be64 and bswap. WebAssembly has no byte swap, so bytes are exchanged in pairs, then pairs of pairs. */
export function emitEnd(frame: FrameBuilder, { bits, swap, dst }: Operation & { kind: "end" }): void {
  const { f } = frame;
  if (!swap) {
    if (bits === 64) return;
    frame.get(dst);
    f.i64(bits === 16 ? 0xffffn : 0xffff_ffffn).op("i64.and");
    frame.set(dst);
    return;
  }
  switch (bits) {
    case 16:
      // (x & 0xff) << 8 | x >> 8 & 0xff
      frame.getLow(dst);
      f.i32(0xff).op("i32.and").i32(8).op("i32.shl");
      frame.getLow(dst);
      f.i32(8).op("i32.shr_u").i32(0xff).op("i32.and", "i32.or");
      frame.setLow(dst);
      return;
    case 32:
      // rotl(x, 8) has bytes 0 and 2 in place, rotl(x, 24) bytes 1 and 3.
      frame.getLow(dst);
      f.i32(8).op("i32.rotl").i32(0x00ff_00ff).op("i32.and");
      frame.getLow(dst);
      f.i32(24).op("i32.rotl").i32(0xff00_ff00).op("i32.and", "i32.or");
      frame.setLow(dst);
      return;
    case 64:
      emitExchange(frame, dst, 8n, 0x00ff_00ff_00ff_00ffn);
      emitExchange(frame, dst, 16n, 0x0000_ffff_0000_ffffn);
      frame.get(dst);
      f.i64(32n).op("i64.rotl");
      frame.set(dst);
      return;
  }
}

/** x = (x & mask) << count | x >> count & mask */
function emitExchange(frame: FrameBuilder, dst: number, count: bigint, mask: bigint): void {
  const { f } = frame;
  frame.get(dst);
  f.i64(mask).op("i64.and").i64(count).op("i64.shl");
  frame.get(dst);
  f.i64(count).op("i64.shr_u").i64(mask).op("i64.and", "i64.or");
  frame.set(dst);
}
