import { type Btf, MAX_DEPTH } from "./btf.ts";
import { POINTER_BYTES } from "./size.ts";
import { type BtfType, isComposite, isModifier, type StructType, type UnionType } from "./type.ts";

/** What Linux's verifier says about a tag on a pointer that a member holds. */
export type PointerTag = "user" | "percpu" | "rcu";

/** What lies at an offset of a kernel's object, as the verifier of Linux sees it. */
export type StructStep = WalkResult & {
  /** The way led through a union of several members: a pointer from there cannot be trusted. */
  readonly throughUnion: boolean;
};

type WalkResult =
  /** A number, or part of one. */
  | { readonly kind: "scalar" }
  /** A struct that starts exactly there; its own first member may be what is meant. */
  | { readonly kind: "struct"; readonly id: number }
  /** A pointer to a struct or union. */
  | {
      readonly kind: "pointer";
      /** What it points to, behind all modifiers. */
      readonly id: number;
      readonly member: string;
      readonly tag: PointerTag | undefined;
    }
  /** A pointer to anything else: memory that may be read with care (since Linux 6.17). */
  | { readonly kind: "memory" }
  /** Nothing that may be read; the message is Linux's. */
  | { readonly kind: "error"; readonly errno: "EACCES" | "EINVAL" | "EFAULT"; readonly message: string };

interface Resolved {
  /** The member's type behind modifiers: an array stays one. */
  readonly type: BtfType;
  /** Bytes of all of it. */
  readonly size: number;
  /** The innermost element, and how many of them there are. */
  readonly element: BtfType;
  readonly count: number;
}

const U32_MAX = 0xffff_ffff;

/** Linearizes arrays of arrays, as Linux does; `undefined` for a type without a size. */
export function resolveSize(btf: Btf, id: number): Resolved | undefined {
  let array: BtfType | undefined;
  let count = 1;
  let type = btf.type(id);
  const resolved = (size: number): Resolved | undefined =>
    count !== 0 && size > Math.floor(U32_MAX / count)
      ? undefined
      : { type: array ?? type, size: size * count, element: type, count };
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    switch (type.kind) {
      case "int":
      case "struct":
      case "union":
      case "enum":
      case "enum64":
      case "float":
        return resolved(type.size);
      case "ptr":
        return resolved(POINTER_BYTES);
      case "array":
        array ??= type;
        if (count !== 0 && type.length > Math.floor(U32_MAX / count)) return undefined;
        count *= type.length;
        break;
      case "typedef":
      case "volatile":
      case "const":
      case "restrict":
      case "type_tag":
        break;
      default:
        return undefined;
    }
    type = btf.type(type.type);
  }
  return undefined;
}

/**
 * One step of the walk with which Linux's verifier finds what a load of `size` bytes at `offset` of a kernel's object
 * gives. A struct that starts at the offset is an answer of its own, for a caller may mean it or its first member:
 * {@link structAccess} goes on into it. `behindUnion` says that the way there already led through a union.
 *
 * Behaviour and messages: `btf_struct_walk` of Linux 6.18.
 *
 * @example
 * structWalk(btf, btf.byName("task_struct", "struct")!.id, 0, 8).kind; // "struct": thread_info
 */
export function structWalk(btf: Btf, id: number, offset: number, size: number, behindUnion = false): StructStep {
  let type: BtfType = isModifier(btf.type(id)) ? btf.resolve(id) : btf.type(id);
  let throughUnion = behindUnion;
  let off = offset;
  const step = (result: WalkResult): StructStep => ({ ...result, throughUnion });
  const error = (errno: "EACCES" | "EINVAL" | "EFAULT", message: string) => step({ kind: "error", errno, message });
  for (let depth = 0; depth <= btf.count; depth++) {
    const name = type.name === "" ? "(anon)" : type.name;
    if (!isComposite(type)) return error("EINVAL", `Type '${name}' is not a struct`);
    if (type.kind === "union" && type.members.length !== 1) throughUnion = true;
    if (off + size > type.size) {
      const flexible = flexibleEnd(btf, type, off);
      if (flexible === undefined) return error("EACCES", `access beyond struct ${name} at off ${off} size ${size}`);
      if (flexible.element.kind === "int") return step({ kind: "scalar" });
      if (!isComposite(flexible.element) || flexible.element.size === 0)
        return error("EACCES", `access beyond struct ${name} at off ${off} size ${size}`);
      type = flexible.element;
      off = (off - flexible.offset) % type.size;
      continue;
    }
    const found = findMember(btf, type, off, size);
    if (found === undefined) return error("EINVAL", `struct ${name} doesn't have field at offset ${off}`);
    if (found === "bitfield") return step({ kind: "scalar" });
    if (found.kind === "error") return step(found);
    const { element, start, end, member } = found;
    if (isComposite(element)) {
      if (off === start) return step({ kind: "struct", id: element.id });
      off -= start;
      type = element;
      continue;
    }
    if (element.kind === "ptr") {
      if (found.elementSize !== size || off !== start) {
        const where = `with moff ${start} in struct ${name} with off ${off} size ${size}`;
        return error("EACCES", `cannot access ptr member ${member} ${where}`);
      }
      const target = btf.resolve(element.type);
      if (!isComposite(target)) return step({ kind: "memory" });
      return step({ kind: "pointer", id: target.id, member, tag: tagOf(btf.type(element.type)) });
    }
    // Linux lets a program use an array of numbers as it likes, up to the array's end.
    if (off + size > end && !throughUnion) {
      const where = `(mend:${end}) in struct ${name} with off ${off} size ${size}`;
      return error("EACCES", `access beyond the end of member ${member} ${where}`);
    }
    return step({ kind: "scalar" });
  }
  throw btf.error(id, "Loop detected");
}

/** The flexible array at the end of a struct, if an offset is not before it. */
function flexibleEnd(btf: Btf, type: StructType | UnionType, off: number) {
  const last = type.members.at(-1);
  const array = last === undefined ? undefined : btf.resolve(last.type);
  if (array?.kind !== "array" || array.length !== 0) return undefined;
  const offset = Math.floor(last!.bitOffset / 8);
  return off < offset ? undefined : { offset, element: btf.resolve(array.type) };
}

interface FoundMember {
  readonly kind: "member";
  readonly member: string;
  /** The element at the offset, or the member itself. */
  readonly element: BtfType;
  readonly elementSize: number;
  /** Where the element starts. */
  readonly start: number;
  /** Where the whole member ends. */
  readonly end: number;
}

function findMember(
  btf: Btf,
  type: StructType | UnionType,
  off: number,
  size: number,
): FoundMember | "bitfield" | Extract<WalkResult, { kind: "error" }> | undefined {
  for (const member of type.members) {
    const start = Math.floor(member.bitOffset / 8);
    if (off + size <= start) return undefined;
    if (member.bitSize > 0) {
      // `<=`: clang writes no member for a nameless bitfield, and loads start at it.
      const endByte = Math.ceil((member.bitOffset + member.bitSize) / 8);
      if (off <= start && endByte <= off + size) return "bitfield";
      continue;
    }
    if (off < start) return undefined; // a hole
    const resolved = resolveSize(btf, member.type);
    if (resolved === undefined)
      return { kind: "error", errno: "EFAULT", message: `field ${member.name || "(anon)"} doesn't have size` };
    const end = start + resolved.size;
    if (off >= end) continue;
    const elementSize = resolved.type.kind === "array" ? resolved.size / resolved.count : resolved.size;
    const index = Math.floor((off - start) / elementSize);
    const name = member.name === "" ? "(anon)" : member.name;
    return {
      kind: "member",
      member: name,
      element: resolved.element,
      elementSize,
      start: start + index * elementSize,
      end,
    };
  }
  return undefined;
}

function tagOf(type: BtfType): PointerTag | undefined {
  if (type.kind !== "type_tag" || type.attribute) return undefined;
  return type.name === "user" || type.name === "percpu" || type.name === "rcu" ? type.name : undefined;
}

/**
 * What a load of `size` bytes at `offset` of a kernel's object gives: walks into structs until a number, a pointer or an
 * error is found.
 *
 * Behaviour and messages: `btf_struct_access` of Linux 6.18, without its special fields of program-allocated objects.
 *
 * @example
 * structAccess(btf, taskStruct, offsetOfMm, 8); // { kind: "pointer", id: mm_struct, member: "mm", ... }
 */
export function structAccess(
  btf: Btf,
  id: number,
  offset: number,
  size: number,
): Exclude<StructStep, { readonly kind: "struct" }> {
  let throughUnion = false;
  let [at, off] = [id, offset];
  for (let depth = 0; depth <= btf.count; depth++) {
    const step = structWalk(btf, at, off, size, throughUnion);
    throughUnion = step.throughUnion;
    if (step.kind !== "struct") return { ...step, throughUnion };
    [at, off] = [step.id, 0];
  }
  throw btf.error(id, "Loop detected");
}
