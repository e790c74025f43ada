import { checkClassic } from "../../asm/classic/check.ts";
import { convertClassic } from "../../asm/classic/convert.ts";
import { ClassicError, type ClassicInstruction } from "../../asm/classic/instruction.ts";
import type { ProgramSpec } from "../../programs/spec.ts";

const INSTRUCTION = 8;

/** `struct sock_filter` in a row. */
function instructionsOf(bytes: Uint8Array): ClassicInstruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / INSTRUCTION }, (_, index) => {
    const at = index * INSTRUCTION;
    return {
      code: view.getUint16(at, true),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    };
  });
}

/** What a classic filter becomes that a process attaches to a socket; undefined where Linux refuses it. */
export function classicSpec(bytes: Uint8Array): ProgramSpec | undefined {
  if (bytes.length === 0 || bytes.length % INSTRUCTION !== 0) return undefined;
  const classic = instructionsOf(bytes);
  try {
    checkClassic(classic);
  } catch (error) {
    if (error instanceof ClassicError) return undefined;
    throw error;
  }
  const { insns } = convertClassic(classic);
  return { type: "socket_filter", name: "classic", insns, maps: [], license: "GPL" };
}
