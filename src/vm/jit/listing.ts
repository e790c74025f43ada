import { formatInstruction, type LogNames } from "../../asm/format-instruction.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { functionBodies } from "../wasm/reader.ts";
import { type WasmLine, wasmText } from "../wasm/text.ts";
import type { CompiledProgram } from "./jit.ts";

/** One eBPF instruction beside the WebAssembly that it became. */
export interface JitedInstruction {
  /** Slot of the xlated program. */
  readonly at: number;
  readonly insn: Instruction;
  /** The instruction as Linux's verifier log writes it. */
  readonly text: string;
  /** Instructions of WebAssembly's text format, indented by the constructs around them; none for what needs no code. */
  readonly wat: readonly string[];
}

/**
 * The jited code of a program as WebAssembly text beside the instructions that it came from, in the order of the program.
 * What a function does before its first instruction (its frame, the context in r1) is not part of it, but where its graph is
 * irreducible the loop that goes to the next block by its number (`br_table`): it stands before the first instruction's own.
 *
 * @example
 * for (const { text, wat } of jitedListing(program)) console.log(text, "->", wat.join("; "));
 */
export function jitedListing({ xlated, module }: CompiledProgram, names: LogNames = {}): JitedInstruction[] {
  const lines = new Map<number, WasmLine[]>();
  const bodies = functionBodies(module.bytes);
  const firstOwn = importedFunctions(module.bytes);
  const starts = new Map<number, { at: number; byte: number }[]>();
  for (const [at, [index, byte]] of module.positions) {
    const inFunction = starts.get(index) ?? [];
    starts.set(index, inFunction);
    inFunction.push({ at, byte });
  }
  for (const [index, places] of starts) {
    places.sort((a, b) => a.byte - b.byte || a.at - b.at);
    let place = -1;
    const head: WasmLine[] = [];
    for (const line of wasmText(bodies[index - firstOwn]!)) {
      while (places[place + 1] !== undefined && places[place + 1]!.byte <= line.byte) place++;
      const slot = places[place]?.at;
      if (slot === undefined) {
        head.push(line);
        continue;
      }
      const known = lines.get(slot);
      if (known === undefined) lines.set(slot, place === 0 ? [...dispatch(head), line] : [line]);
      else known.push(line);
    }
  }
  return xlated.insns.flatMap((insn, at) => {
    const wat = lines.get(at)?.map(({ text, depth }) => "  ".repeat(depth) + text) ?? [];
    // The second slot of a ld_imm64 is part of the first.
    return insn.code === 0 ? [] : [{ at, insn, text: formatInstruction(xlated.insns, at, names), wat }];
  });
}

/** Of what a function begins with the loop over blocks by number, where it has one. */
function dispatch(head: readonly WasmLine[]): readonly WasmLine[] {
  const table = head.findIndex(({ text }) => text.startsWith("br_table"));
  return table < 0 ? [] : head.slice(head.findIndex(({ text }) => text === "loop"));
}

function importedFunctions(bytes: Uint8Array<ArrayBuffer>): number {
  return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "function").length;
}
