import { Bytes } from "./bytes.ts";
import { VALUE_TYPES, type ValueType, WASM, type WasmWith } from "./opcodes.ts";

/** Block type of blocks without parameters and results. */
const VOID = 0x40;

/** The body of one function while it is written. Locals are numbered from its parameters on. */
export class FunctionBuilder {
  /** Index in the module's function space, which `call` takes. */
  readonly index: number;
  readonly type: number;
  readonly #locals: ValueType[] = [];
  readonly #parameters: number;
  readonly #code = new Bytes();

  constructor(index: number, type: number, parameters: number) {
    this.index = index;
    this.type = type;
    this.#parameters = parameters;
  }

  /** Bytes of code so far: where the next instruction begins. */
  get position(): number {
    return this.#code.length;
  }

  /** Declares a local variable, zero at the start, and returns its index. */
  local(type: ValueType): number {
    return this.#parameters + this.#locals.push(type) - 1;
  }

  op(...names: WasmWith<"none">[]): this {
    for (const name of names) this.#code.byte(WASM[name][0]);
    return this;
  }

  /** A local, a global or another index. */
  indexed(name: WasmWith<"index">, index: number): this {
    this.#code.byte(WASM[name][0]).unsigned(index);
    return this;
  }

  get(local: number): this {
    return this.indexed("local.get", local);
  }

  set(local: number): this {
    return this.indexed("local.set", local);
  }

  tee(local: number): this {
    return this.indexed("local.tee", local);
  }

  i32(value: number): this {
    this.#code.byte(WASM["i32.const"][0]).signed(value);
    return this;
  }

  i64(value: bigint): this {
    this.#code.byte(WASM["i64.const"][0]).signed64(value);
    return this;
  }

  /** A load or store at a constant, unsigned distance from the address on the stack. Nothing is promised about alignment. */
  memory(name: WasmWith<"memory">, offset: number): this {
    this.#code.byte(WASM[name][0]).byte(0).unsigned(offset);
    return this;
  }

  /** Begins a block, loop or if; `result` is what it leaves on the stack. */
  begin(name: WasmWith<"block">, result?: ValueType): this {
    this.#code.byte(WASM[name][0]).byte(result === undefined ? VOID : VALUE_TYPES[result]);
    return this;
  }

  /** Leaves `depth` blocks, or begins a loop again. */
  branch(name: WasmWith<"label">, depth: number): this {
    this.#code.byte(WASM[name][0]).unsigned(depth);
    return this;
  }

  /** Leaves as many blocks as the i32 on the stack selects. */
  branchTable(depths: readonly number[], otherwise: number): this {
    this.#code.byte(WASM.br_table[0]).unsigned(depths.length);
    for (const depth of depths) this.#code.unsigned(depth);
    this.#code.unsigned(otherwise);
    return this;
  }

  /** Calls a function of the module; `return_call` in place of this function. */
  call(functionIndex: number, name: WasmWith<"function"> = "call"): this {
    this.#code.byte(WASM[name][0]).unsigned(functionIndex);
    return this;
  }

  /** Calls the entry of table 0 that the i32 on the stack selects; `return_call_indirect` in place of this function. */
  callIndirect(name: WasmWith<"type">, type: number): this {
    this.#code.byte(WASM[name][0]).unsigned(type).unsigned(0);
    return this;
  }

  /** The function as the code section holds it, without its length: runs of locals, instructions, `end`. */
  finish(): Uint8Array {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const body = new Bytes().unsigned(runs.length);
    for (const { type, count } of runs) body.unsigned(count).byte(VALUE_TYPES[type]);
    return body.bytes(this.#code.data).byte(WASM.end[0]).data;
  }
}
