/** Calls of helpers in generated programs. */
import { helperById } from "../../src/helpers/table.ts";
import { PROGRAMS } from "../../src/programs/table.ts";
import { insn, MAPS, PLAIN_MAPS } from "./verifier-pieces.ts";
import type { Builder } from "./verifier-programs.ts";

const HELPERS = [1, 2, 3, 5, 6, 7, 8, 14, 15, 16, 26, 27, 44, 67, 112, 113, 114, 115, 125];

/** A helper that the type may call, with the arguments that its prototype wants. */
export function fittingCall(builder: Builder): void {
  if (!builder.rarely(12)) builder.landHere();
  const rows = HELPERS.map((id) => helperById(id)).filter((row) => row && PROGRAMS[builder.type].helpers.has(row.name));
  const row = builder.one(rows)!;
  const map = builder.rarely(8) ? builder.pick(PLAIN_MAPS) : row.name === "get_stackid" ? 3 : builder.pick(3);
  const size = builder.one([0, 1, 4, 8, 16, 24]);
  row.args.forEach((kind, index): void => {
    const register = index + 1;
    const copy = (from: number): void => builder.emit(insn(0xbf, register, from));
    switch (kind) {
      case "const_map_ptr":
        builder.emit(insn(0x18, register, 1, 0, map), insn(0));
        return;
      case "ptr_to_ctx":
        copy(builder.holding("ctx"));
        return;
      case "const_size":
      case "const_size_or_zero":
        if (builder.rarely(6) && builder.kinds.slice(6).includes("number")) {
          copy(builder.holding("number"));
          return;
        }
        builder.emit(insn(0xb7, register, 0, 0, size));
        return;
      case "anything":
        builder.emit(insn(0xb7, register, 0, 0, builder.pick(4)));
        return;
      default: {
        const room =
          kind === "ptr_to_map_key" ? MAPS[map].keySize : kind === "ptr_to_map_value" ? MAPS[map].valueSize : size;
        const slots = Math.max(1, Math.ceil(room / 8));
        for (let slot = 1; slot <= slots && !builder.rarely(20); slot++) builder.emit(insn(0x7a, 10, 0, -8 * slot, 0));
        builder.emit(insn(0xbf, register, 10), insn(0x07, register, 0, 0, -8 * slots));
        return;
      }
    }
  });
  builder.emit(insn(0x85, 0, 0, 0, row.id));
  builder.clobber();
  builder.set(0, row.returns === "integer" ? "number" : row.returns === "void" ? "none" : "maybe");
}

/** Some helper with arguments that may fit it. */
export function call(builder: Builder): void {
  const id = builder.rarely(12) ? builder.pick(220) : builder.one(HELPERS);
  for (let register = 1; register <= 5; register++) {
    switch (builder.pick(6)) {
      case 0:
        builder.emit(insn(0xbf, register, 10), insn(0x07, register, 0, 0, -8 * (1 + builder.pick(4))));
        builder.set(register, "stack");
        break;
      case 1:
        builder.emit(insn(0x18, register, 1, 0, builder.pick(PLAIN_MAPS)), insn(0));
        builder.set(register, "map");
        break;
      case 2:
        if (builder.kinds.includes("number")) builder.emit(insn(0xbf, register, builder.holding("number")));
        builder.set(register, "number");
        break;
      case 3:
        break;
      default:
        builder.emit(insn(0xb7, register, 0, 0, builder.one([0, 1, 4, 8, 16, 24, 32, 64])));
        builder.set(register, "number");
    }
  }
  builder.emit(insn(0x85, 0, 0, 0, id));
  builder.clobber();
  builder.set(0, "number");
}
