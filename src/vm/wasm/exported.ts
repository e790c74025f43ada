import { ModuleBuilder } from "./module.ts";

let module: WebAssembly.Module | undefined;

/**
 * A JavaScript function (i32) -> i32 as a function that WebAssembly tables take.
 *
 * @example table.set(3, exported((context) => 0));
 */
export function exported(call: (context: number) => number): CallableFunction {
  module ??= new WebAssembly.Module(forwardingModule());
  return new WebAssembly.Instance(module, { env: { call } }).exports.call as CallableFunction;
}

/** A module that exports what it imports. */
function forwardingModule(): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  builder.exportFunction("call", builder.importFunction("env", "call", ["i32"], ["i32"]));
  return builder.finish();
}
