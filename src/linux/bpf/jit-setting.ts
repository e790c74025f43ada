import { isCompiled } from "../../vm/jit/jit.ts";
import type { LinuxProgram } from "./program.ts";

/** `net.core.bpf_jit_enable`: 0 the interpreter, 1 the JIT, 2 the JIT and its image in Linux's log. */
export type JitSetting = 0 | 1 | 2;

/** Bytes in a line of the log. */
const COLUMNS = 16;

/** Lines of one image; a longer one is cut, and says so. */
const MOST_LINES = 256;

/**
 * What Linux logs of a jited program at `bpf_jit_enable` 2, `flen` instructions and `proglen` bytes of code: here of the WebAssembly
 * module. Nothing of a program that is interpreted.
 */
export function jitImage({ runnable, spec }: LinuxProgram): string[] {
  if (!isCompiled(runnable)) return [];
  const { bytes } = runnable.module;
  const head = `flen=${runnable.xlated.insns.length} proglen=${bytes.length} pass=1 image=wasm from=${spec.name} pid=0`;
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length < MOST_LINES; at += COLUMNS) {
    const hex = Array.from(bytes.subarray(at, at + COLUMNS), (byte) => byte.toString(16).padStart(2, "0"));
    lines.push(`JIT code: ${at.toString(16).padStart(8, "0")}: ${hex.join(" ")}`);
  }
  const rest = bytes.length - lines.length * COLUMNS;
  return [head, ...lines, ...(rest > 0 ? [`JIT code: ${rest} bytes more`] : [])];
}
