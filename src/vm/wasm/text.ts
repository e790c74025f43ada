import { VALUE_TYPES, WASM, type WasmName } from "./opcodes.ts";
import { Reader } from "./reader.ts";

/** One instruction of a function's body in WebAssembly's text format. */
export interface WasmLine {
  /** Where it begins in the body, from the first instruction. */
  readonly byte: number;
  /** `i64.load offset=8`; without comments. */
  readonly text: string;
  /** How many constructs are around it: what to indent by. */
  readonly depth: number;
}

const NAMES: ReadonlyMap<number, WasmName> = new Map(
  (Object.keys(WASM) as WasmName[]).map((name) => [WASM[name][0], name]),
);

const RESULTS: ReadonlyMap<number, string> = new Map(
  Object.entries(VALUE_TYPES).map(([name, code]) => [code, ` (result ${name})`]),
);

/**
 * A function's instructions as text. Knows the instructions that `FunctionBuilder` writes, which is all there are in our
 * modules.
 *
 * @example wasmText(Uint8Array.of(0x41, 5, 0x0b)) // [{ byte: 0, text: "i32.const 5", depth: 0 }, { text: "end", ... }]
 */
export function wasmText(body: Uint8Array): WasmLine[] {
  const reader = new Reader(body);
  const lines: WasmLine[] = [];
  let depth = 0;
  while (!reader.atEnd) {
    const byte = reader.position;
    const name = NAMES.get(reader.byte())!;
    const closes = name === "end" || name === "else";
    if (closes) depth = Math.max(0, depth - 1);
    lines.push({ byte, text: name + immediate(name, reader), depth });
    if (WASM[name][1] === "block" || name === "else") depth++;
  }
  return lines;
}

function immediate(name: WasmName, reader: Reader): string {
  switch (WASM[name][1]) {
    case "none":
      return "";
    case "block":
      return RESULTS.get(reader.byte()) ?? "";
    case "labels": {
      const count = reader.unsigned();
      return Array.from({ length: count + 1 }, () => ` ${reader.unsigned()}`).join("");
    }
    case "type": {
      const type = reader.unsigned();
      reader.unsigned(); // the table, of which there is one
      return ` (type ${type})`;
    }
    case "memory": {
      reader.unsigned(); // the alignment, about which nothing is promised
      const offset = reader.unsigned();
      return offset === 0 ? "" : ` offset=${offset}`;
    }
    case "i32":
      return ` ${BigInt.asIntN(32, reader.signed())}`;
    case "i64":
      return ` ${reader.signed()}`;
    case "label":
    case "function":
      return ` ${reader.unsigned()}`;
    case "index": {
      const index = reader.unsigned();
      // There is one memory, and its index is not written.
      return name === "memory.size" ? "" : ` ${index}`;
    }
  }
}
