import { Bytes } from "./bytes.ts";
import { FunctionBuilder } from "./function.ts";
import { VALUE_TYPES, type ValueType, WASM } from "./opcodes.ts";

const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;
const FUNCREF = 0x70;
const FUNCTION_TYPE = 0x60;
const MUTABLE = 1;
const NO_MAXIMUM = 0;

/**
 * Writes a WebAssembly module in the binary format. Imports of functions come before the first function, imports of globals
 * before the first global: both are numbered in one space with what the module defines.
 *
 * @example
 * const module = new ModuleBuilder();
 * const f = module.function(["i32"], ["i32"]);
 * f.get(0).i32(1).op("i32.add");
 * module.exportFunction("increment", f.index);
 * new WebAssembly.Module(module.finish());
 */
export class ModuleBuilder {
  readonly #types: Uint8Array[] = [];
  readonly #typeIndex = new Map<string, number>();
  readonly #imports = new Bytes();
  readonly #exports = new Bytes();
  readonly #globals = new Bytes();
  readonly #functions: FunctionBuilder[] = [];
  #importCount = 0;
  #exportCount = 0;
  #importedFunctions = 0;
  #globalCount = 0;
  #ownGlobals = 0;

  /** The index of a function type; equal types share one. */
  type(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${parameters}>${results}`;
    const known = this.#typeIndex.get(key);
    if (known !== undefined) return known;
    const codes = (types: readonly ValueType[]) => types.map((type) => VALUE_TYPES[type]);
    this.#types.push(new Bytes().byte(FUNCTION_TYPE).vector(codes(parameters)).vector(codes(results)).data);
    this.#typeIndex.set(key, this.#types.length - 1);
    return this.#types.length - 1;
  }

  importFunction(
    module: string,
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
  ): number {
    this.#import(module, name, KIND.function).unsigned(this.type(parameters, results));
    return this.#importedFunctions++;
  }

  /** Whatever its size and limit. */
  importMemory(module: string, name: string): void {
    this.#import(module, name, KIND.memory).byte(NO_MAXIMUM).unsigned(0);
  }

  importTable(module: string, name: string): void {
    this.#import(module, name, KIND.table).byte(FUNCREF).byte(NO_MAXIMUM).unsigned(0);
  }

  /** A mutable global; returns its index. */
  importGlobal(module: string, name: string, type: ValueType): number {
    this.#import(module, name, KIND.global).byte(VALUE_TYPES[type]).byte(MUTABLE);
    return this.#globalCount++;
  }

  /** A mutable global of the module's own, 0 at the start; returns its index. */
  global(type: "i32"): number {
    this.#globals.byte(VALUE_TYPES[type]).byte(MUTABLE).byte(WASM["i32.const"][0]).signed(0).byte(WASM.end[0]);
    this.#ownGlobals++;
    return this.#globalCount++;
  }

  /** Begins a function; the order of beginning is the order of indices, whichever is written first. */
  function(parameters: readonly ValueType[], results: readonly ValueType[]): FunctionBuilder {
    const index = this.#importedFunctions + this.#functions.length;
    const builder = new FunctionBuilder(index, this.type(parameters, results), parameters.length);
    this.#functions.push(builder);
    return builder;
  }

  exportFunction(name: string, index: number): void {
    this.#export(name, KIND.function, index);
  }

  exportGlobal(name: string, index: number): void {
    this.#export(name, KIND.global, index);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const module = new Bytes().bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, count: number, content: Uint8Array) => {
      if (count > 0) module.byte(id).vector(new Bytes().unsigned(count).bytes(content).data);
    };
    const types = new Bytes();
    for (const type of this.#types) types.bytes(type);
    const functions = new Bytes();
    const code = new Bytes();
    for (const each of this.#functions) {
      functions.unsigned(each.type);
      code.vector(each.finish());
    }
    section(SECTION.type, this.#types.length, types.data);
    section(SECTION.import, this.#importCount, this.#imports.data);
    section(SECTION.function, this.#functions.length, functions.data);
    section(SECTION.global, this.#ownGlobals, this.#globals.data);
    section(SECTION.export, this.#exportCount, this.#exports.data);
    section(SECTION.code, this.#functions.length, code.data);
    return module.data.slice();
  }

  #import(module: string, name: string, kind: number): Bytes {
    this.#importCount++;
    return this.#imports.text(module).text(name).byte(kind);
  }

  #export(name: string, kind: number, index: number): void {
    this.#exportCount++;
    this.#exports.text(name).byte(kind).unsigned(index);
  }
}
