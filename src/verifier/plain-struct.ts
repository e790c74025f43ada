/** Types that are nothing but numbers: what may be copied as it is, by anybody. */
import type { Btf } from "../btf/btf.ts";
import { type BtfType, isComposite } from "../btf/type.ts";
import type { Log } from "./log.ts";

const MAX_DEPTH = 3;

export const isNumber = ({ kind }: BtfType): boolean => kind === "int" || kind === "enum" || kind === "enum64";

/** A structure of numbers and arrays of them, nested no deeper than Linux looks; the log says where it is. */
export function isPlainStruct(btf: Btf, type: BtfType, log: Log, depth = 0): boolean {
  if (!isComposite(type)) return false;
  return type.members.every((member) => {
    const inner = btf.resolve(member.type);
    if (isComposite(inner)) {
      if (depth < MAX_DEPTH) return isPlainStruct(btf, inner, log, depth + 1);
      log.write("max struct nesting depth exceeded\n");
      return false;
    }
    if (inner.kind === "array") return inner.length > 0 && isNumber(btf.resolve(inner.type));
    return isNumber(inner);
  });
}
