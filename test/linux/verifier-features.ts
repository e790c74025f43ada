/** What fewer programs do: tail calls, records of a ring buffer, maps in maps, packet loads of classic BPF, packets of functions. */
import { insn, OUTER, PROGRAM_ARRAY, RING } from "./verifier-pieces.ts";
import { type Builder, SIZES } from "./verifier-programs.ts";

/** Uses one of them, mostly right. */
export function useFeature(builder: Builder): void {
  if (!builder.rarely(15)) builder.landHere();
  switch (builder.pick(4)) {
    case 0:
      tailCall(builder);
      return;
    case 1:
      record(builder);
      return;
    case 2:
      innerMap(builder);
      return;
    default:
      packetLoad(builder);
  }
}

const loadMap = (builder: Builder, register: number, map: number): void =>
  builder.emit(insn(0x18, register, 1, 0, map), insn(0));

function tailCall(builder: Builder): void {
  if (!builder.kinds.includes("ctx")) return;
  const index = builder.rarely(2) ? builder.holding("number") : -1;
  const context = builder.holding("ctx");
  builder.emit(index < 0 ? insn(0xb7, 3, 0, 0, builder.pick(10)) : insn(0xbf, 3, index));
  builder.emit(insn(0xbf, 1, context === 3 ? 6 : context));
  loadMap(builder, 2, builder.rarely(12) ? RING : PROGRAM_ARRAY);
  builder.emit(insn(0x85, 0, 0, 0, 12));
  builder.clobber();
}

function record(builder: Builder): void {
  const size = builder.one([8, 16, 24]);
  loadMap(builder, 1, builder.rarely(20) ? PROGRAM_ARRAY : RING);
  builder.emit(insn(0xb7, 2, 0, 0, size), insn(0xb7, 3, 0, 0, 0), insn(0x85, 0, 0, 0, 131));
  builder.clobber();
  if (!builder.rarely(15)) builder.pieces.push({ insns: [insn(0x15, 0)], over: 3 });
  const [code, bytes] = builder.one(SIZES);
  const offset = builder.rarely(10) ? builder.pick(40) : builder.pick(size - bytes + 1);
  builder.emit(insn(0x62 | code, 0, 0, offset, builder.number()));
  builder.emit(insn(0xbf, 1, 0), insn(0xb7, 2));
  builder.emit(builder.rarely(15) ? insn(0xb7, 0) : insn(0x85, 0, 0, 0, builder.one([132, 133])));
  builder.clobber();
}

function innerMap(builder: Builder): void {
  const key = -8 * (1 + builder.pick(3));
  const point = (): void => builder.emit(insn(0xbf, 2, 10), insn(0x07, 2, 0, 0, key));
  builder.emit(insn(0x62, 10, 0, key, builder.pick(6)));
  point();
  loadMap(builder, 1, OUTER);
  builder.emit(insn(0x85, 0, 0, 0, 1));
  builder.clobber();
  if (!builder.rarely(15)) builder.pieces.push({ insns: [insn(0x55, 0, 0, 1, 0)] }, { insns: [insn(0x95)] });
  builder.emit(insn(0xbf, 1, 0));
  point();
  builder.emit(insn(0x85, 0, 0, 0, 1));
  if (!builder.rarely(15)) builder.pieces.push({ insns: [insn(0x55, 0, 0, 1, 0)] }, { insns: [insn(0x95)] });
  builder.set(0, "value");
  builder.memory(0);
}

function packetLoad(builder: Builder): void {
  const fits = (builder.type === "socket_filter" || builder.type === "sched_cls") && builder.kinds[6] === "ctx";
  if (!fits && !builder.rarely(25)) return;
  const indirect = builder.rarely(3);
  const index = indirect ? builder.holding("number") : 0;
  const size = builder.rarely(20) ? 0x18 : builder.one([0x00, 0x08, 0x10]);
  builder.emit(insn((indirect ? 0x40 : 0x20) | size, 0, index, 0, builder.pick(64)));
  builder.clobber();
  builder.set(0, "number");
}
