import type { BtfType, IntType } from "../type.ts";
import { isComposite } from "../type.ts";
import { CoreFault } from "./error.ts";
import { type CoreSpec, requireSize } from "./spec.ts";

/** The answer to a question, in the terms of one BTF. */
export interface CoreValue {
  readonly value: bigint;
  /** Bytes of what a load or store at this offset moves; 0 where that is not fixed. */
  readonly memory: number;
  /** Type of what it moves. */
  readonly type: BtfType | undefined;
  /** The compiler must have written the same answer for its own types. */
  readonly certain: boolean;
}

const answer = (value: number | bigint, certain = true): CoreValue => ({
  value: BigInt(value),
  memory: 0,
  type: undefined,
  certain,
});

/** Whether an integer was declared as signed. */
const isSigned = (type: BtfType): boolean =>
  (type.kind === "int" && (type as IntType).encoding === "signed") ||
  ((type.kind === "enum" || type.kind === "enum64") && type.signed);

/**
 * The value of a question; without a spec, that is where Linux has no such thing, 0 for questions whether it exists,
 * `undefined` for what cannot be answered then.
 */
export function answerTo(kind: CoreSpec["kind"], spec: CoreSpec | undefined): CoreValue | undefined {
  switch (kind) {
    case "field_exists":
    case "type_exists":
    case "type_matches":
    case "enumval_exists":
      return answer(spec === undefined ? 0 : 1);
    case "type_size":
      return answer(spec === undefined ? 0 : requireSize(spec.btf, spec.root));
    case "local_type_id":
    case "target_type_id":
      // Linking objects renumbers types, so what the compiler wrote says nothing.
      return spec === undefined ? answer(0) : answer(spec.root, false);
    case "enumval_value": {
      if (spec === undefined) return undefined;
      const type: BtfType = spec.btf.resolve(spec.root);
      if (type.kind !== "enum" && type.kind !== "enum64") return undefined;
      return answer(BigInt.asUintN(64, BigInt(type.values[spec.raw[0]].value)));
    }
    case "byte_off":
    case "byte_sz":
    case "signed":
    case "lshift_u64":
    case "rshift_u64":
      return spec === undefined ? undefined : fieldValue(kind, spec);
  }
}

/** The innermost element of arrays: what a load moves. */
function element({ btf }: CoreSpec, id: number): BtfType {
  let type: BtfType = btf.resolve(id);
  for (let depth = 0; type.kind === "array"; depth++) {
    if (depth > btf.count) throw btf.error(id, "Loop detected");
    type = btf.resolve(type.type);
  }
  return type;
}

type FieldKind = "byte_off" | "byte_sz" | "signed" | "lshift_u64" | "rshift_u64";

function fieldValue(kind: FieldKind, spec: CoreSpec): CoreValue {
  const { btf, bitOffset } = spec;
  const last = spec.accessors.at(-1)!;
  if (last.name === undefined) {
    if (kind === "byte_sz") return answer(requireSize(btf, last.type));
    if (kind !== "byte_off") throw new CoreFault(`${kind} can't be applied to array access`);
    const inner = element(spec, last.type);
    return { ...answer(bitOffset / 8), memory: requireSize(btf, inner.id), type: btf.type(last.type) };
  }
  const parent = btf.type(last.type);
  const member = isComposite(parent) ? parent.members[last.index] : undefined;
  if (member === undefined) throw new CoreFault(`type [${last.type}] has no member ${last.index}`);
  const type: BtfType = btf.resolve(member.type);
  const bitfield = member.bitSize > 0;
  let bytes = requireSize(btf, type.id);
  let at = Math.floor(bitOffset / 8);
  const bits = bitfield ? member.bitSize : bytes * 8;
  if (bitfield) {
    // The smallest aligned integer that holds all its bits.
    const align = () => Math.floor(bitOffset / 8 / bytes) * bytes;
    for (at = align(); bitOffset + bits - at * 8 > bytes * 8; at = align()) {
      if (bytes >= 8) throw new CoreFault(`${kind} can't be satisfied for bitfield`);
      bytes *= 2;
    }
  }
  switch (kind) {
    case "byte_off": {
      if (bitfield) return answer(at, false);
      return { ...answer(at), memory: requireSize(btf, element(spec, type.id).id), type };
    }
    case "byte_sz":
      return answer(bytes, !bitfield);
    case "signed":
      return answer(isSigned(type) ? 1 : 0);
    case "lshift_u64":
      return answer(64 - (bitOffset + bits - at * 8), !bitfield);
    case "rshift_u64":
      return answer(64 - bits);
  }
}
