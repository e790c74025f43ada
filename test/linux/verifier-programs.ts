/**
 * Programs for comparing verifiers, made from a tape of numbers: each choice takes the next number, so fast-check shrinks
 * a program by shortening its tape. Most choices look at what registers hold, so that a good part of the programs is
 * accepted; some do not, so that every message has a chance.
 */
import type { Instruction } from "../../src/isa/instruction.ts";
import type { AttachType } from "../../src/programs/attach-types.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { PROGRAMS, programRow } from "../../src/programs/table.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { call, fittingCall } from "./verifier-calls.ts";
import { useFeature } from "./verifier-features.ts";
import { insn, link, MAPS, PER_CPU, type Piece, PLAIN_MAPS, SOCKET_MAPS } from "./verifier-pieces.ts";
import { useSocket } from "./verifier-sockets.ts";

/** Most programs are of types with much to do; now and then any that has a context of its own, at any place. */
const COMMON: readonly ProgramType[] = ["socket_filter", "xdp", "sched_cls", "tracepoint", "kprobe", "perf_event"];
const OTHERS = Object.values(PROGRAMS).filter(
  ({ type, context }) => context && !COMMON.includes(type) && type !== "lirc_mode2" && type !== "netfilter",
);

export type Kind = "none" | "number" | "ctx" | "stack" | "packet" | "value" | "maybe" | "map";

const NUMBERS = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 48, 63, 64, 100, 255, 256, 1000, 4095, 65535, 0x7fffffff];
const ALU_OPS = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xa0, 0xb0, 0xc0];
const JUMP_OPS = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0];
export const SIZES = [
  [0x10, 1],
  [0x08, 2],
  [0x00, 4],
  [0x18, 8],
] as const;

export class Builder {
  readonly pieces: Piece[] = [];
  readonly kinds: Kind[] = ["none", "ctx", "none", "none", "none", "none", "none", "none", "none", "none", "stack"];
  readonly type: ProgramType;
  readonly attach: AttachType | undefined;
  usesSocketMaps = false;
  readonly #tape: readonly number[];
  #at = 0;
  #functions = 0;
  #joins: { at: number; kinds: Kind[] }[] = [];

  constructor(tape: readonly number[]) {
    this.#tape = tape;
    const other = this.rarely(3) ? this.one(OTHERS) : undefined;
    this.type = other?.type ?? this.one(COMMON);
    this.attach = other && other.attachTypes.length > 0 ? this.one(other.attachTypes) : undefined;
    // The context stays at hand in most programs, and some numbers are there from the beginning.
    if (!this.rarely(6)) this.emit(insn(0xbf, 6, 1));
    this.set(6, this.pieces.length > 0 ? "ctx" : "none");
    for (let register = 7; register < 10; register++) {
      if (this.rarely(4)) continue;
      this.emit(insn(0xb7, register, 0, 0, this.number()));
      this.set(register, "number");
    }
  }

  get exhausted(): boolean {
    return this.#at >= this.#tape.length;
  }

  /** A number below `limit`. */
  pick(limit: number): number {
    const next = this.#tape[this.#at++] ?? 0;
    return next % limit;
  }

  /** True once in `times`. */
  rarely(times: number): boolean {
    return this.pick(times) === times - 1;
  }

  one<T>(list: readonly T[]): T {
    return list[this.pick(list.length)];
  }

  number(): number {
    const base = this.one(NUMBERS);
    switch (this.pick(5)) {
      case 0:
        return -base;
      case 1:
        return base + this.pick(9) - 4;
      default:
        return base;
    }
  }

  /** A register that holds one of the kinds; now and then any. */
  holding(...kinds: Kind[]): number {
    const fitting = this.kinds.flatMap((kind, register) => (kinds.includes(kind) ? [register] : []));
    if (this.rarely(250)) return this.pick(11);
    if (fitting.length > 0) return this.one(fitting);
    const register = this.pick(10);
    if (kinds.includes("number")) {
      this.emit(insn(0xb7, register, 0, 0, this.number()));
      this.set(register, "number");
      return register;
    }
    return kinds.includes("stack") ? 10 : register;
  }

  /** A register to write: rarely r10 or one that does not exist. */
  target(): number {
    return this.rarely(300) ? 10 + this.pick(3) : this.pick(10);
  }

  emit(...insns: Instruction[]): void {
    this.pieces.push({ insns });
  }

  set(register: number, kind: Kind): void {
    if (register < 10) this.kinds[register] = kind;
  }

  clobber(): void {
    for (let register = 0; register <= 5; register++) this.kinds[register] = "none";
  }

  /** A jump over the next pieces: what they set is not set on every path. */
  skip(jump: Instruction, over: number): void {
    this.pieces.push({ insns: [jump], over });
    this.#joins.push({ at: this.pieces.length + over, kinds: [...this.kinds] });
  }

  /** Jumps that would lead further land here: a loop whose beginning is skipped runs a million rounds. */
  landHere(): void {
    this.pieces.forEach((piece, index) => {
      if (piece.over !== undefined && index + 1 + piece.over > this.pieces.length)
        piece.over = this.pieces.length - index - 1;
    });
    this.#joins = this.#joins.map(({ at, kinds }) => ({ at: Math.min(at, this.pieces.length), kinds }));
    this.join();
  }

  /** Where a jump has landed by now, only what all paths agree on is known. */
  join(): void {
    const landed = this.#joins.filter(({ at }) => at <= this.pieces.length);
    this.#joins = this.#joins.filter(({ at }) => at > this.pieces.length);
    for (const { kinds } of landed)
      for (let register = 0; register < 10; register++)
        if (kinds[register] !== this.kinds[register]) this.kinds[register] = "none";
  }

  step(): void {
    // Most jumps lead to the beginning of a step, not between a call and its arguments.
    if (this.rarely(2)) this.landHere();
    else this.join();
    switch (this.pick(28)) {
      case 0:
      case 1:
        this.constant();
        return;
      case 2:
      case 3:
      case 4:
        this.arithmetic();
        return;
      case 5:
      case 6:
      case 7:
        this.jump();
        return;
      case 8:
      case 9:
        this.stackStore();
        return;
      case 10:
      case 11:
        this.stackLoad();
        return;
      case 12:
        this.rarely(2) ? useSocket(this) : this.contextLoad();
        return;
      case 13:
      case 14:
        this.packet();
        return;
      case 15:
      case 16:
        this.lookup();
        return;
      case 17:
      case 18:
        this.memory();
        return;
      case 19:
        this.rarely(6) ? call(this) : fittingCall(this);
        return;
      case 20:
        this.random();
        return;
      case 21:
        this.loop();
        return;
      case 22:
        this.atomic();
        return;
      case 23:
        this.stackPointer();
        return;
      case 24:
        this.rarely(25) ? this.garbage() : this.move();
        return;
      case 25:
      case 26:
        useFeature(this);
        return;
      default:
        this.rarely(4) ? this.subprogram() : this.move();
        return;
    }
  }

  constant(): void {
    const dst = this.target();
    if (this.rarely(6)) {
      const imm = this.number();
      this.emit(insn(0x18, dst, 0, 0, imm), insn(0, 0, 0, 0, this.rarely(2) ? this.number() : imm >> 31));
    } else this.emit(insn(this.rarely(4) ? 0xb4 : 0xb7, dst, 0, 0, this.number()));
    this.set(dst, "number");
  }

  constantIn(register: number): void {
    this.emit(insn(0xb7, register, 0, 0, this.number()));
    this.set(register, "number");
  }

  /** An unknown number. */
  random(): void {
    this.emit(insn(0x85, 0, 0, 0, 7));
    this.clobber();
    this.set(0, "number");
    if (this.rarely(2)) return;
    const kept = 6 + this.pick(4);
    this.emit(insn(this.rarely(3) ? 0xbc : 0xbf, kept, 0));
    this.set(kept, "number");
    if (this.rarely(2))
      this.emit(insn(this.rarely(3) ? 0x54 : 0x57, kept, 0, 0, this.one([1, 3, 7, 8, 15, 31, 60, 63, 255])));
  }

  move(): void {
    const src = this.pick(11);
    const from =
      this.kinds[src] === "none" && !this.rarely(150) ? this.holding("number", "ctx", "stack", "value") : src;
    const dst = this.target();
    if (this.rarely(5)) {
      const extension = this.one([8, 16, 32]);
      this.emit(insn(extension !== 32 && this.rarely(2) ? 0xbc : 0xbf, dst, from, extension));
      this.set(dst, "number");
      return;
    }
    const narrow = this.rarely(5);
    this.emit(insn(narrow ? 0xbc : 0xbf, dst, from));
    this.set(dst, narrow ? "number" : (this.kinds[from] ?? "none"));
  }

  arithmetic(): void {
    const pointer = this.rarely(20) ? this.holding("value", "packet", "stack", "ctx", "maybe") : 10;
    const dst = pointer === 10 && !this.rarely(100) ? this.holding("number") : pointer;
    const narrow = this.rarely(4) ? 0x04 : 0x07;
    if (this.rarely(10)) {
      if (this.rarely(2)) this.emit(insn(0x80 | narrow, dst));
      else this.emit(insn(this.one([0xd4, 0xdc, 0xd7]), dst, 0, 0, this.one([16, 32, 64])));
      return;
    }
    const op = this.one(ALU_OPS);
    const shift = op === 0x60 || op === 0x70 || op === 0xc0;
    const divides = op === 0x30 || op === 0x90;
    const signed = divides && this.rarely(4) ? 1 : 0;
    if (this.rarely(3)) {
      const src = this.rarely(15) ? this.holding("value", "packet", "stack") : this.holding("number");
      this.emit(insn(op | 0x08 | narrow, dst, src, signed));
      if (op === 0xb0) this.set(dst, narrow === 0x04 ? "number" : (this.kinds[src] ?? "none"));
      return;
    }
    const imm = shift && !this.rarely(30) ? this.pick(narrow === 0x04 ? 32 : 64) : this.number();
    this.emit(insn(op | narrow, dst, 0, signed, divides && imm === 0 && !this.rarely(20) ? 3 : imm));
    if (op === 0xb0) this.set(dst, "number");
  }

  jump(): void {
    const dst = this.rarely(15) ? this.pick(11) : this.holding("number");
    const narrow = this.rarely(3) ? 0x06 : 0x05;
    const op = this.one(JUMP_OPS);
    const over = 1 + this.pick(4);
    const withRegister = this.rarely(4);
    const jump = withRegister
      ? insn(op | 0x08 | narrow, dst, this.holding("number"))
      : insn(op | narrow, dst, 0, 0, this.number());
    this.skip(jump, over);
  }

  /** A few steps that some paths skip. */
  stackStore(): void {
    const [size, bytes] = this.one(SIZES);
    const slot = this.pick(6) + 1;
    const within = this.rarely(3) ? this.pick(8 / bytes) * bytes : 0;
    const offset = this.rarely(60) ? this.number() : -8 * slot + within;
    const base = this.rarely(4) ? this.holding("stack") : 10;
    if (this.rarely(3)) {
      this.emit(insn(0x62 | size, base, 0, offset, this.number()));
      return;
    }
    const pointer = this.rarely(4) && (bytes === 8 || this.rarely(20));
    this.emit(
      insn(
        0x63 | size,
        base,
        pointer ? this.holding("ctx", "value", "packet", "stack") : this.holding("number"),
        offset,
      ),
    );
  }

  stackLoad(): void {
    const [size, bytes] = this.rarely(3) ? this.one(SIZES) : SIZES[3];
    const slot = this.pick(6) + 1;
    const offset = this.rarely(60) ? this.number() : -8 * slot + (this.rarely(3) ? this.pick(8 / bytes) * bytes : 0);
    const base = this.rarely(4) ? this.holding("stack") : 10;
    const dst = this.target();
    this.emit(insn((this.rarely(6) && bytes < 8 ? 0x81 : 0x61) | size, dst, base, offset));
    this.set(dst, "number");
  }

  /** A pointer into the stack, at a constant or a bounded unknown offset. */
  stackPointer(): void {
    const dst = this.pick(10);
    this.emit(insn(0xbf, dst, 10), insn(0x07, dst, 0, 0, -8 * (1 + this.pick(8))));
    this.set(dst, "stack");
    if (!this.rarely(3)) return;
    const index = this.holding("number");
    if (index !== dst) {
      this.emit(insn(0x57, index, 0, 0, this.one([1, 3, 7, 8, 24])));
      this.emit(insn(0x0f, dst, index));
    }
  }

  contextLoad(): void {
    if (!this.kinds.includes("ctx") && !this.rarely(20)) {
      this.constant();
      return;
    }
    const base = this.kinds.includes("ctx") ? this.holding("ctx") : 1;
    const dst = this.target();
    const fields = programRow(this.type, this.attach)!.context!.fields;
    const readable = fields.filter(({ read }) => read);
    const field = this.one(readable.length > 0 && !this.rarely(8) ? readable : fields);
    const [size, bytes] = this.one(SIZES);
    const whole = SIZES.find((each) => each[1] === (field.unit ?? field.size)) ?? SIZES[3];
    if (this.rarely(8)) {
      this.emit(insn(0x61 | size, dst, base, this.pick(200)));
    } else if (this.rarely(6)) {
      this.emit(insn(0x63 | whole[0], base, this.holding("number"), field.offset));
      return;
    } else {
      const exact = !this.rarely(4) || bytes > whole[1];
      this.emit(insn(0x61 | (exact ? whole[0] : size), dst, base, field.offset));
    }
    this.set(dst, "number");
  }

  /** data, data_end, a comparison, and an access that may be too far. */
  packet(): void {
    const [data, end] = this.type === "xdp" ? [0, 4] : [76, 80];
    const base = this.kinds.includes("ctx") ? this.holding("ctx") : 1;
    const p = this.pick(10);
    const e = (p + 1 + this.pick(8)) % 10;
    const q = (e + 1) % 10 === p ? (e + 2) % 10 : (e + 1) % 10;
    if (p === base || (this.type !== "xdp" && this.type !== "sched_cls" && !this.rarely(20))) return;
    this.emit(insn(0x61, p, base, data));
    this.emit(insn(0x61, e, e === base ? base : base, end));
    this.set(p, "packet");
    this.set(e, "none");
    this.emit(insn(0xbf, q, p));
    if (this.rarely(4)) {
      const index = this.holding("number");
      if (index !== q && index !== p && index !== e) {
        this.emit(insn(0x57, index, 0, 0, this.one([3, 15, 60, 255])));
        this.emit(insn(0x0f, q, index));
        this.emit(insn(0xbf, p, q));
      }
    }
    const length = this.one([1, 2, 4, 8, 14, 20, 34]);
    this.emit(insn(0x07, q, 0, 0, length));
    this.set(q, "packet");
    const [op, a, b] = this.one([
      [0x2d, q, e],
      [0xbd, e, q],
      [0x3d, q, e],
      [0xad, e, q],
      [0xad, q, e],
      [0xbd, q, e],
    ] as const);
    const positive = op === 0x2d || op === 0x3d || (op === 0xbd && a === e) || (op === 0xad && a === e);
    this.skip(insn(op, a, b), positive || this.rarely(12) ? 1 : 0);
    const [size, bytes] = this.one(SIZES);
    const reach = this.rarely(12) ? this.pick(40) : this.pick(Math.max(1, length - bytes + 1));
    const dst = (q + 1) % 10 === e ? (q + 2) % 10 : (q + 1) % 10;
    if (this.rarely(4)) this.emit(insn(0x62 | size, p, 0, reach, 1));
    else {
      this.emit(insn(0x61 | size, dst, p, reach));
      this.set(dst, "number");
    }
    this.set(p, "none");
    this.set(q, "none");
  }

  /** A map lookup, usually with a NULL check, and an access at a constant or unknown offset. */
  lookup(): void {
    if (!this.rarely(12)) this.landHere();
    const map = this.rarely(8) ? PER_CPU : this.pick(this.rarely(30) ? PLAIN_MAPS : PLAIN_MAPS - 1);
    const { keySize, valueSize } = MAPS[map];
    const key = -8 * (1 + this.pick(3));
    if (this.rarely(3)) this.emit(insn(keySize === 8 ? 0x7a : 0x62, 10, 0, key, this.pick(10)));
    else if (this.kinds.includes("number"))
      this.emit(insn(0x63 | (keySize === 8 ? 0x18 : 0), 10, this.holding("number"), key));
    this.emit(insn(0xbf, 2, 10), insn(0x07, 2, 0, 0, key));
    this.emit(insn(0x18, 1, 1, 0, map), insn(0));
    this.emit(insn(0x85, 0, 0, 0, 1));
    this.clobber();
    const holder = this.rarely(3) ? 6 + this.pick(4) : 0;
    if (holder) this.emit(insn(0xbf, holder, 0));
    this.set(holder, "maybe");
    if (this.rarely(8)) return;
    const access = this.pick(3);
    if (this.rarely(3)) this.pieces.push({ insns: [insn(0x55, 0, 0, 1, 0)] }, { insns: [insn(0x95)] });
    else {
      // On the path without an element it is 0, and so is r0.
      this.set(holder, "number");
      this.skip(insn(0x15, 0), 1 + access);
    }
    this.set(holder, "value");
    if (access > 1) {
      const index = this.holding("number");
      if (index !== holder) {
        this.pieces.push({ insns: [insn(0xb5, index, 0, 1, this.pick(valueSize))] }, { insns: [insn(0x95)] });
        this.emit(insn(0x0f, holder, index));
      }
    }
    if (access > 0) this.memory(holder);
  }

  /** A load or store through some pointer. */
  memory(base = this.rarely(25) ? this.holding("maybe") : this.holding("value", "packet", "stack")): void {
    const [size, bytes] = this.one(SIZES);
    const offset =
      this.kinds[base] === "stack" ? -8 * (1 + this.pick(4)) : this.rarely(20) ? this.number() : this.pick(5) * bytes;
    switch (this.pick(3)) {
      case 0: {
        const dst = this.target();
        this.emit(insn((this.rarely(5) && bytes < 8 ? 0x81 : 0x61) | size, dst, base, offset));
        this.set(dst, "number");
        return;
      }
      case 1:
        this.emit(insn(0x62 | size, base, 0, offset, this.number()));
        return;
      default:
        this.emit(insn(0x63 | size, base, this.holding("number"), offset));
        return;
    }
  }

  atomic(): void {
    const base = this.rarely(2) ? this.holding("value", "stack") : 10;
    const size = this.rarely(20) ? this.one(SIZES)[0] : this.rarely(2) ? 0x00 : 0x18;
    const op = this.rarely(30) ? this.pick(256) : this.one([0x00, 0x01, 0x40, 0x51, 0x50, 0xa1, 0xe1, 0xf1, 0x110]);
    const offset = base === 10 || this.kinds[base] === "stack" ? -8 * (1 + this.pick(3)) : this.pick(6) * 4;
    if (this.rarely(8)) {
      // A load-acquire or store-release, of any size, through any pointer.
      const releases = this.rarely(2);
      const dst = this.target();
      if (releases) {
        const where = this.rarely(10) ? this.holding("ctx", "packet") : this.holding("stack", "value");
        this.emit(insn(0xc3 | this.one(SIZES)[0], where, this.holding("number"), offset, 0x110));
        return;
      }
      this.emit(
        insn(
          0xc3 | this.one(SIZES)[0],
          dst,
          this.rarely(10) ? this.holding("ctx", "packet") : this.holding("stack", "value"),
          offset,
          0x100,
        ),
      );
      this.set(dst, "number");
      return;
    }
    const value = this.holding("number");
    // The comparison takes r0.
    if (op === 0xf1 && this.kinds[0] !== "number" && !this.rarely(20)) this.constantIn(0);
    this.emit(insn(0xc3 | size, base, value, offset, op));
  }

  /** A counter in a saved register, a body of some steps, and a way back. */
  loop(): void {
    const counter = 6 + this.pick(4);
    const rounds = this.one([1, 2, 3, 5, 10, 40]);
    if (!this.rarely(50)) this.landHere();
    this.emit(insn(0xb7, counter, 0, 0, 0));
    this.set(counter, "number");
    const start = this.pieces.length;
    const body = this.pick(3);
    const saved = this.kinds[counter];
    this.kinds[counter] = "none";
    for (let k = 0; k < body; k++) this.rarely(4) ? this.stackStore() : this.arithmetic();
    this.kinds[counter] = saved;
    if (!this.rarely(40)) this.emit(insn(0x07, counter, 0, 0, 1));
    this.pieces.push({
      insns: [insn(this.one([0xa5, 0xc5, 0x55, 0xa6]), counter, 0, 0, rounds)],
      over: start - this.pieces.length - 1,
    });
  }

  /** A call of a function that is appended at the end. */
  subprogram(): void {
    this.#functions++;
    for (let register = 1; register <= 2; register++)
      if (this.rarely(2) && this.kinds.includes("number"))
        this.emit(insn(0xbf, register, this.holding("number", "stack", "value")));
    this.emit(insn(0x85, 0, 1, 0, -this.#functions));
    this.clobber();
    this.set(0, "number");
  }

  garbage(): void {
    const numbers = [this.pick(256), this.pick(12), this.pick(12), this.pick(8), this.pick(8)];
    this.emit(
      insn(numbers[0], numbers[1], numbers[2], this.rarely(3) ? numbers[3] : 0, this.rarely(3) ? numbers[4] : 0),
    );
  }

  finish(): ProgramSpec {
    if (!this.rarely(40)) this.landHere();
    const { min, max } = programRow(this.type, this.attach)!.returns ?? { min: 0, max: 2 };
    if (!this.rarely(60)) this.emit(insn(0xb7, 0, 0, 0, min + this.pick(max - min + (this.rarely(20) ? 2 : 1))));
    if (!this.rarely(150)) this.emit(insn(0x95));
    const starts: number[] = [];
    for (let k = 1; k <= this.#functions; k++) {
      starts.push(this.pieces.length);
      const exits = this.pick(4);
      this.emit(insn(0xbf, 0, 1));
      if (exits === 0) this.emit(insn(0x7b, 10, 1, -8 * (1 + this.pick(40))));
      if (exits === 1) this.pieces.push({ insns: [insn(0x15, 1, 0, 0, 5)], over: 1 });
      if (exits <= 1) this.emit(insn(0xb7, 0, 0, 0, k));
      this.emit(insn(0x95));
    }
    const { type, attach } = this;
    return {
      type,
      ...(attach && { expectedAttachType: attach }),
      name: "generated",
      insns: link(this.pieces, starts),
      maps: this.usesSocketMaps ? [...MAPS, ...SOCKET_MAPS] : MAPS,
      license: "GPL",
    };
  }
}

/** The program that a tape of non-negative integers stands for. */
export function programFromTape(tape: readonly number[]): ProgramSpec {
  const builder = new Builder(tape);
  while (!builder.exhausted) builder.step();
  return builder.finish();
}
