/**
 * What fewer programs do: tail calls, records of a ring buffer, maps in maps, packet loads of classic BPF, maps of sockets and
 * devices, loops that the machine ends, masks of 0 or -1.
 */
import { PROGRAMS } from "../../src/programs/table.ts";
import { insn, MAPS, OUTER, PROGRAM_ARRAY, RING, SOCKET_MAPS } from "./verifier-pieces.ts";
import { type Builder, SIZES } from "./verifier-programs.ts";

/** Uses one of them, mostly right. */
export function useFeature(builder: Builder): void {
  if (!builder.rarely(15)) builder.landHere();
  switch (builder.pick(7)) {
    case 0:
      tailCall(builder);
      return;
    case 1:
      record(builder);
      return;
    case 2:
      innerMap(builder);
      return;
    case 3:
      socketMap(builder);
      return;
    case 4:
      // Where such a loop does not converge, both verifiers follow a million instructions.
      builder.rarely(40) ? mayGoto(builder) : mask(builder);
      return;
    case 5:
      mask(builder);
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

/** Helpers on maps of sockets and devices, by number: how the call's arguments are filled. */
const ON_SOCKET_MAPS: readonly (readonly [name: string, id: number, shape: "key" | "index" | "context key"])[] = [
  ["map_lookup_elem", 1, "key"],
  ["redirect_map", 51, "index"],
  ["sk_redirect_map", 52, "index"],
  ["sock_map_update", 53, "context key"],
  ["msg_redirect_map", 60, "index"],
  ["sock_hash_update", 70, "context key"],
  ["msg_redirect_hash", 71, "context key"],
  ["sk_redirect_hash", 72, "context key"],
  ["sk_select_reuseport", 82, "context key"],
];

/** Looks a socket up, or sends a packet to one; a socket that was looked up is given back, mostly. */
function socketMap(builder: Builder): void {
  const { helpers } = PROGRAMS[builder.type];
  const releases = helpers.has("sk_release");
  // What is looked up has to be given back.
  const keeps = !releases && !builder.rarely(20);
  const able = ON_SOCKET_MAPS.filter(([name]) => helpers.has(name) && !(keeps && name === "map_lookup_elem"));
  if (able.length === 0 || !builder.kinds.includes("ctx")) return;
  builder.usesSocketMaps = true;
  const [name, id, shape] = builder.one(able);
  const context = builder.holding("ctx");
  const fitting = name === "redirect_map" ? 2 : name.includes("hash") ? 1 : 0;
  const map = MAPS.length + (builder.rarely(8) ? builder.pick(SOCKET_MAPS.length) : fitting);
  const [mapAt, keyAt] = shape === "context key" ? [2, 3] : [1, 2];
  builder.emit(insn(0x7a, 10, 0, -8, builder.pick(6)));
  if (shape === "index") {
    // With the context first for all but devices.
    const first = name === "redirect_map" ? 1 : 2;
    if (first === 2) builder.emit(insn(0xbf, 1, context === 1 ? 6 : context));
    loadMap(builder, first, map);
    builder.emit(insn(0xb7, first + 1, 0, 0, builder.pick(6)), insn(0xb7, first + 2, 0, 0, builder.pick(3)));
  } else {
    if (mapAt === 2) builder.emit(insn(0xbf, 1, context), insn(0xb7, 4, 0, 0, builder.pick(3)));
    builder.emit(insn(0xbf, keyAt, 10), insn(0x07, keyAt, 0, 0, -8));
    loadMap(builder, mapAt, map);
  }
  builder.emit(insn(0x85, 0, 0, 0, id));
  builder.clobber();
  if (name !== "map_lookup_elem") {
    builder.set(0, "number");
    return;
  }
  if (!builder.rarely(12)) builder.pieces.push({ insns: [insn(0x15, 0)], over: releases ? 3 : 1 });
  builder.emit(insn(0x61, 7, 0, builder.rarely(10) ? builder.pick(100) : 4 * builder.pick(8)));
  builder.set(7, "none");
  if (!releases) return;
  builder.emit(insn(0xbf, 1, 0));
  builder.emit(builder.rarely(12) ? insn(0xb7, 0) : insn(0x85, 0, 0, 0, 86));
  builder.clobber();
}

/** A loop that only the machine ends. */
function mayGoto(builder: Builder): void {
  const counter = 6 + builder.pick(4);
  if (!builder.rarely(4)) builder.emit(insn(0xb7, counter, 0, 0, 0));
  builder.set(counter, "number");
  const start = builder.pieces.length;
  const body = 1 + builder.pick(2);
  const at = builder.pieces.length;
  builder.emit(insn(0xe5));
  const { kinds } = builder;
  kinds[counter] = "none";
  for (let k = 0; k < body; k++) builder.rarely(3) ? builder.stackStore() : builder.arithmetic();
  kinds[counter] = "number";
  if (!builder.rarely(6)) builder.emit(insn(0x07, counter, 0, 0, 1));
  builder.pieces.push({ insns: [insn(0x05)], over: start - builder.pieces.length - 1 });
  builder.pieces[at].over = builder.rarely(30) ? 0 : builder.pieces.length - at - 1;
}

/** 0 or -1 by the sign, masked: how compilers choose between two values. */
function mask(builder: Builder): void {
  const register = builder.holding("number");
  const narrow = builder.rarely(2);
  const by = narrow ? 31 : 63;
  builder.emit(insn(narrow ? 0xc4 : 0xc7, register, 0, 0, builder.rarely(6) ? by - 1 : by));
  const constant = builder.one([1, 3, 7, -8, 16, 255]);
  builder.emit(insn(builder.one([0x57, 0x54, 0x47, 0x44]), register, 0, 0, constant));
}
