/** Object files for BPF within other files: a tool that was built with a skeleton carries its object in its constants. */
import { SHT } from "./constants.ts";

const EM_BPF = 247;
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
/** First bytes of a 64-bit little-endian ELF file of version 1. */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] as const;

/**
 * The objects for BPF that a file holds, such as the program of a tool. Each is as long as its section headers say. One that
 * reaches behind the end of the file is none.
 *
 * @example
 * const [object] = embeddedObjects(readFileSync("/usr/sbin/execsnoop"));
 * openObject(object).programs.map(({ name }) => name); // ["tracepoint__syscalls__sys_enter_execve", ...]
 */
export function embeddedObjects(file: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = file.indexOf(MAGIC[0]); at >= 0; ) {
    const size = sizeAt(file, at);
    if (size > 0) found.push(file.slice(at, at + size));
    at = file.indexOf(MAGIC[0], at + Math.max(1, size));
  }
  return found;
}

/** Bytes of the object that begins here; 0 where there is none. */
function sizeAt(file: Uint8Array, at: number): number {
  if (at + HEADER_BYTES > file.length || !MAGIC.every((byte, index) => file[at + index] === byte)) return 0;
  const view = new DataView(file.buffer, file.byteOffset + at, file.length - at);
  if (view.getUint16(18, true) !== EM_BPF) return 0;
  const headers = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  let end = headers + count * SECTION_BYTES;
  if (!(end <= view.byteLength)) return 0;
  for (let index = 1; index < count; index++) {
    const row = headers + index * SECTION_BYTES;
    if (view.getUint32(row + 4, true) === SHT.NOBITS) continue;
    end = Math.max(end, Number(view.getBigUint64(row + 24, true) + view.getBigUint64(row + 32, true)));
  }
  return end <= view.byteLength ? end : 0;
}
