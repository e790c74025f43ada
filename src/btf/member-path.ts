import { type Btf, MAX_DEPTH } from "./btf.ts";
import { sizeOf } from "./size.ts";
import { isComposite, type Member } from "./type.ts";

/** One step from a type into a part of it. */
export type PathStep =
  | { readonly kind: "member"; readonly struct: number; readonly index: number; readonly member: Member }
  | { readonly kind: "element"; readonly array: number; readonly index: number };

/** A place within a type. */
export interface MemberPath {
  readonly steps: readonly PathStep[];
  /** As C writes it: `se.load.weight`, `comm[3]`; anonymous members are left out. `""` is the whole. */
  readonly text: string;
  /** The type of the place. */
  readonly type: number;
  /** From the start of the outermost type, in bits. */
  readonly bitOffset: number;
  /** Width of a bitfield, 0 for any other place. */
  readonly bitSize: number;
}

/** As C writes it. */
function pathText(steps: readonly PathStep[]): string {
  let text = "";
  for (const step of steps) {
    if (step.kind === "element") text += `[${step.index}]`;
    else if (step.member.name !== "") text += text === "" ? step.member.name : `.${step.member.name}`;
  }
  return text;
}

/** The bits of an integer that old compilers wrote as a bitfield: an INT narrower than its size. */
function intBitfield(btf: Btf, type: number): { readonly offset: number; readonly size: number } | undefined {
  const int = btf.resolve(type);
  if (int.kind !== "int" || (int.bitOffset === 0 && int.bits === int.size * 8)) return undefined;
  return { offset: int.bitOffset, size: int.bits };
}

/** Where a member's bits are, in the struct that has it: `bitSize` is 0 for any but a bitfield, also of old compilers. */
export function memberBits(btf: Btf, member: Member): { readonly bitOffset: number; readonly bitSize: number } {
  const old = member.bitSize === 0 ? intBitfield(btf, member.type) : undefined;
  if (old === undefined) return { bitOffset: member.bitOffset, bitSize: member.bitSize };
  return { bitOffset: member.bitOffset + old.offset, bitSize: old.size };
}

/**
 * What lies at `offset` bytes in a type and takes `size` bytes: the deepest member that the access does not leave, or
 * the first such member of a union. `undefined` where it leaves the type or falls between members. An access behind the
 * end of a struct goes to its flexible array.
 *
 * @example
 * pathAt(btf, btf.byName("task_struct", "struct")!.id, 2248, 1)?.text; // "comm[0]"
 */
export function pathAt(btf: Btf, id: number, offset: number, size: number): MemberPath | undefined {
  const steps: PathStep[] = [];
  let at = id;
  let left = offset;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const type = btf.resolve(at);
    const done = (bitSize = 0): MemberPath => {
      return { steps, text: pathText(steps), type: at, bitOffset: (offset - left) * 8, bitSize };
    };
    const last = steps.at(-1);
    const named = last?.kind === "element" || (last?.kind === "member" && last.member.name !== "");
    if (named && left === 0 && sizeOf(btf, type.id) === size) return done();
    if (type.kind === "array") {
      const each = sizeOf(btf, type.type);
      if (each === undefined || each === 0) return undefined;
      steps.push({ kind: "element", array: type.id, index: Math.floor(left / each) });
      left %= each;
      at = type.type;
    } else if (isComposite(type)) {
      const found = findMember(btf, type, left, size);
      if (found === undefined) return undefined;
      const member = type.members[found];
      const bits = memberBits(btf, member);
      steps.push({ kind: "member", struct: type.id, index: found, member });
      at = member.type;
      if (bits.bitSize > 0) {
        const start = (offset - left) * 8;
        return { steps, text: pathText(steps), type: at, bitOffset: start + bits.bitOffset, bitSize: bits.bitSize };
      }
      left -= member.bitOffset / 8;
    } else {
      const whole = sizeOf(btf, at);
      return whole !== undefined && left + size <= whole ? done() : undefined;
    }
  }
  throw btf.error(id, "Loop detected");
}

function findMember(
  btf: Btf,
  type: { readonly size: number; readonly members: readonly Member[] },
  offset: number,
  size: number,
): number | undefined {
  const beyond = offset + size > type.size;
  for (const [index, member] of type.members.entries()) {
    const { bitOffset, bitSize } = memberBits(btf, member);
    if (bitSize > 0) {
      // The compiler reads whole bytes around a bitfield.
      const inside = bitOffset >= offset * 8 && bitOffset + bitSize <= (offset + size) * 8;
      if (inside || (bitOffset <= offset * 8 && (offset + size) * 8 <= bitOffset + bitSize)) return index;
      continue;
    }
    const start = bitOffset / 8;
    const whole = sizeOf(btf, member.type) ?? 0;
    if (start <= offset && offset + size <= start + whole) return index;
    const last = index === type.members.length - 1;
    const inner = btf.resolve(member.type);
    if (beyond && last && inner.kind === "array" && inner.length === 0 && offset >= start) return index;
  }
  return undefined;
}

/**
 * The place that a C expression names: members through anonymous structs and unions, and elements of arrays.
 * `undefined` where there is no such member.
 *
 * @example
 * pathOf(btf, btf.byName("task_struct", "struct")!.id, "se.load.weight")?.bitOffset;
 */
export function pathOf(btf: Btf, id: number, text: string): MemberPath | undefined {
  const steps: PathStep[] = [];
  let at = id;
  let bitOffset = 0;
  let bitSize = 0;
  for (const [, name, index] of text.matchAll(/([A-Za-z_]\w*)|\[(\d+)\]/g)) {
    const type = btf.resolve(at);
    if (index !== undefined) {
      const each = type.kind === "array" ? sizeOf(btf, type.type) : undefined;
      if (type.kind !== "array" || each === undefined) return undefined;
      steps.push({ kind: "element", array: type.id, index: Number(index) });
      bitOffset += Number(index) * each * 8;
      at = type.type;
      continue;
    }
    const found = namedMember(btf, at, name);
    if (found === undefined) return undefined;
    for (const step of found) {
      const bits = memberBits(btf, step.member);
      bitOffset += bits.bitOffset;
      bitSize = bits.bitSize;
      at = step.member.type;
      steps.push(step);
    }
  }
  return { steps, text: pathText(steps), type: at, bitOffset, bitSize };
}

/** The steps to a named member, through anonymous ones. */
function namedMember(btf: Btf, id: number, name: string): Extract<PathStep, { kind: "member" }>[] | undefined {
  const seen = new Set<number>();
  const search = (at: number): Extract<PathStep, { kind: "member" }>[] | undefined => {
    const type = btf.resolve(at);
    if (!isComposite(type) || seen.has(type.id)) return undefined;
    seen.add(type.id);
    for (const [index, member] of type.members.entries()) {
      const step = { kind: "member", struct: type.id, index, member } as const;
      if (member.name === name) return [step];
      const inner = member.name === "" ? search(member.type) : undefined;
      if (inner !== undefined) return [step, ...inner];
    }
    return undefined;
  };
  return search(id);
}
