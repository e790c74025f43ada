import { REG } from "../../isa/constants.ts";
import { DIRECT_MAP } from "../../memory/memory.ts";
import type { StackSlot } from "../flow/stack-slots.ts";
import { STACK_SIZE } from "../types.ts";
import type { FunctionBuilder } from "../wasm/function.ts";
import type { ValueType } from "../wasm/opcodes.ts";

/**
 * One function of a program while it is compiled: eBPF's registers are WebAssembly locals of type i64. The frame pointer
 * never changes within a function, so r10 is not a local; `bottom` is the offset of the frame's lowest byte, an i32.
 */
export class FrameBuilder {
  readonly f: FunctionBuilder;
  readonly bottom: number;
  readonly #registers: number[] = [];
  readonly #slots = new Map<number, number>();
  readonly #scratch = new Map<string, number>();

  /** `parameters` are the registers that are WebAssembly parameters already, as [register, local]. */
  constructor(f: FunctionBuilder, parameters: readonly (readonly [register: number, local: number])[]) {
    this.f = f;
    for (const [register, local] of parameters) this.#registers[register] = local;
    this.bottom = f.local("i32");
  }

  /** The local of r0..r9. */
  local(register: number): number {
    this.#registers[register] ??= this.f.local("i64");
    return this.#registers[register];
  }

  /** The local that a piece of the stack lives in: an i64 for 8 bytes, an i32 for less. */
  slot({ offset, bytes }: StackSlot): number {
    let local = this.#slots.get(offset);
    if (local === undefined) {
      local = this.f.local(bytes === 8 ? "i64" : "i32");
      this.#slots.set(offset, local);
    }
    return local;
  }

  /** A local for use within one instruction. */
  scratch(name: string, type: ValueType): number {
    let local = this.#scratch.get(name);
    if (local === undefined) {
      local = this.f.local(type);
      this.#scratch.set(name, local);
    }
    return local;
  }

  /** Pushes a register as i64. */
  get(register: number): void {
    if (register === REG.R10) {
      this.top();
      this.f.op("i64.extend_i32_u").i64(DIRECT_MAP).op("i64.or");
    } else this.f.get(this.local(register));
  }

  /** Pushes the low half of a register as i32: for a pointer, its offset in linear memory. */
  getLow(register: number): void {
    if (register === REG.R10) this.top();
    else this.f.get(this.local(register)).op("i32.wrap_i64");
  }

  /** Pushes the offset of the end of the frame, r10, as i32. */
  top(): void {
    this.f.get(this.bottom).i32(STACK_SIZE).op("i32.add");
  }

  /** Pops an i64 into a register. */
  set(register: number): void {
    this.f.set(this.local(register));
  }

  /** Pops an i32 into a register, whose upper half becomes 0. */
  setLow(register: number): void {
    this.f.op("i64.extend_i32_u");
    this.set(register);
  }
}
