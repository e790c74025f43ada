/** Sockets in generated programs. */
import { programRow } from "../../src/programs/table.ts";
import { insn } from "./verifier-pieces.ts";
import { type Builder, SIZES } from "./verifier-programs.ts";

/** A pointer to a socket out of the context, usually compared with NULL, perhaps cast, and fields of it. */
export function useSocket(builder: Builder): void {
  const fields = programRow(builder.type, builder.attach)!.context!.fields;
  const field = fields.find(({ kind, read }) => read && kind.startsWith("sock"));
  if (!field || (!builder.kinds.includes("ctx") && !builder.rarely(20))) return;
  const from = builder.kinds.includes("ctx") ? builder.holding("ctx") : 1;
  const sk = 6 + builder.pick(4);
  builder.emit(insn(0x79, sk, from, field.offset));
  builder.set(sk, "none");
  const access = (): void => {
    const [size, bytes] = builder.one(SIZES);
    const code = builder.rarely(10) ? 0x62 : 0x61;
    const offset = builder.rarely(4)
      ? builder.pick(116)
      : 4 * builder.pick(20) + (bytes < 4 ? bytes * builder.pick(2) : 0);
    builder.emit(code === 0x61 ? insn(code | size, 0, sk, offset) : insn(code | size, sk, 0, offset, 1));
  };
  const guarded = (over: number): void => {
    if (!builder.rarely(10)) builder.pieces.push({ insns: [insn(0x15, sk)], over });
  };
  if (builder.rarely(2)) {
    // tcp_sock, sk_fullsock, get_listener_sock, sk_release, skc_to_tcp_sock
    const helper = builder.one([96, 95, 98, 86]);
    if (field.kind !== "sock") guarded(6);
    builder.emit(insn(0xbf, 1, sk));
    builder.emit(insn(0x85, 0, 0, 0, helper));
    builder.clobber();
    builder.emit(insn(0xbf, sk, 0));
    builder.pieces.push({ insns: [insn(0x15, sk)], over: 2 });
    access();
    access();
  } else {
    if (field.kind !== "sock") guarded(2);
    access();
    access();
  }
  builder.set(0, "none");
  builder.emit(insn(0xb7, sk, 0, 0, builder.number()));
  builder.set(sk, "number");
}
