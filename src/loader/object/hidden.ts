import { type Btf, parseBtf } from "../../btf/btf.ts";
import type { ObjectFile } from "../../elf/object.ts";

/**
 * The object's BTF as libbpf loads it: functions that only the object sees (`__hidden`) are static, so that the verifier
 * follows them with each caller's arguments instead of checking them by themselves.
 */
export function buildStatic({ btf, programs, subprograms }: ObjectFile): Btf | undefined {
  if (btf === undefined) return undefined;
  const hidden = [...programs, ...subprograms].filter(({ linkage }) => linkage === "static");
  const global = hidden.flatMap(({ name }) => {
    const func = btf.byName(name, "func");
    return func?.linkage === "global" ? [func.id] : [];
  });
  if (global.length === 0) return btf;
  const bytes = new Uint8Array(btf.bytes);
  const view = new DataView(bytes.buffer);
  for (const id of global) {
    const info = btf.offsetOf(id) + 4;
    view.setUint32(info, view.getUint32(info, true) & ~0xffff, true);
  }
  return parseBtf(bytes);
}
