/** How a struct lies in memory, and where one access goes on several releases of Linux: what CO-RE is for. */
import type { Btf } from "../btf/btf.ts";
import { CWriter } from "../btf/c/declaration.ts";
import { CNames } from "../btf/c/names.ts";
import { machineBtf, RELEASES, type Release } from "../btf/data/machine.ts";
import { memberBits, pathOf } from "../btf/member-path.ts";
import { sizeOf } from "../btf/size.ts";
import type { StructType, UnionType } from "../btf/type.ts";
import { ArgumentError } from "../isa/argument.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";

/** A member, or a hole between two (no name). */
export interface LayoutRow {
  /** From the beginning of the struct. */
  readonly offset: number;
  /** Bytes; of a bitfield those of its type. */
  readonly size: number;
  /** The first bit and the number of bits of a bitfield. */
  readonly bits?: readonly [first: number, count: number];
  /** As C declares it; `hole` for bytes that belong to nothing. */
  readonly text: string;
  readonly name?: string;
  readonly isHole: boolean;
}

/** The layout of one struct or union; shows itself as a table with a bar, holes marked. */
export class StructLayout implements Displayable {
  /** `struct sk_buff`. */
  readonly name: string;
  readonly size: number;
  readonly rows: readonly LayoutRow[];

  constructor(name: string, size: number, rows: readonly LayoutRow[]) {
    this.name = name;
    this.size = size;
    this.rows = rows;
  }

  /** Bytes that belong to no member. */
  get wasted(): number {
    return this.rows.reduce((sum, { isHole, size }) => sum + (isHole ? size : 0), 0);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("struct-layout", this);
  }
}

/**
 * The members of a struct or union with their offsets, sizes and the holes between them, as `pahole` tells them.
 * Throws `ArgumentError` for a name that is no struct or union of these types.
 *
 * @example
 * structLayout(m.btf, "sk_buff");        // in a cell: a table
 * structLayout(m.btf, "sk_buff").wasted; // bytes in holes
 */
export function structLayout(btf: Btf, name: string): StructLayout {
  const plain = String(name).replace(/^(struct|union) /, "");
  const type = btf.byName(plain, "struct") ?? btf.byName(plain, "union");
  if (type === undefined) throw new ArgumentError("name", "a struct or union of these types", name);
  return new StructLayout(`${type.kind} ${type.name}`, type.size, rowsOf(btf, type));
}

function rowsOf(btf: Btf, type: StructType | UnionType): LayoutRow[] {
  const writer = new CWriter(btf, new CNames(btf));
  const rows: LayoutRow[] = [];
  let end = 0;
  for (const member of type.members) {
    const { bitOffset, bitSize } = memberBits(btf, member);
    const size = sizeOf(btf, member.type) ?? 0;
    const offset = Math.floor(bitOffset / 8);
    if (type.kind === "struct" && offset > end) rows.push(hole(end, offset));
    // What is inside of a struct without a name is told by its own layout.
    const text = writer.declare(member.type, member.name).replace(/\{[\s\S]*\}/, "{ … }");
    const bits = bitSize > 0 ? { bits: [bitOffset % 8, bitSize] as const } : {};
    rows.push({
      offset,
      size,
      ...bits,
      text: bitSize > 0 ? `${text}:${bitSize}` : text,
      name: member.name,
      isHole: false,
    });
    end = Math.max(end, bitSize > 0 ? Math.ceil((bitOffset + bitSize) / 8) : offset + size);
  }
  if (end < type.size) rows.push(hole(end, type.size));
  return rows;
}

const hole = (from: number, to: number): LayoutRow => ({ offset: from, size: to - from, text: "hole", isHole: true });

/** Where an access goes on one release. */
export interface CoreRow {
  readonly release: Release;
  /** From the beginning of the outermost struct; undefined where the release has no such member. */
  readonly offset?: number;
  readonly size?: number;
  readonly bits?: readonly [first: number, count: number];
  /** Bytes of the outermost struct. */
  readonly structSize?: number;
  /** The load as CO-RE leaves it: `r0 = *(u64 *)(r1 + 1256)`. */
  readonly instruction?: string;
}

/** One access on several releases; shows itself as a table. */
export class CoreAccess implements Displayable {
  /** `struct task_struct`. */
  readonly struct: string;
  /** `se.load.weight`. */
  readonly path: string;
  readonly rows: readonly CoreRow[];

  constructor(struct: string, path: string, rows: readonly CoreRow[]) {
    this.struct = struct;
    this.path = path;
    this.rows = rows;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("core-access", this);
  }
}

/**
 * The same access on each release whose types ship: the offset that libbpf's relocation writes into the load, or that the
 * relocation fails. Throws `ArgumentError` where no release knows the struct.
 *
 * @example
 * coreAccess("task_struct", "pid");                    // in a cell: a row a release
 * coreAccess("task_struct", "comm", ["6.1", "6.18"]).rows.map((row) => row.offset);
 */
export function coreAccess(struct: string, path: string, releases: readonly Release[] = RELEASES): CoreAccess {
  const name = String(struct).replace(/^struct /, "");
  const rows = releases.map((release) => coreRow(machineBtf(release), release, name, String(path)));
  if (rows.every(({ structSize }) => structSize === undefined))
    throw new ArgumentError("struct", "a struct of a release whose types ship", struct);
  return new CoreAccess(`struct ${name}`, String(path), rows);
}

const WIDTHS = new Set([1, 2, 4, 8]);

function coreRow(btf: Btf, release: Release, name: string, text: string): CoreRow {
  const type = btf.byName(name, "struct");
  if (type === undefined) return { release };
  const path = pathOf(btf, type.id, text);
  if (path === undefined) return { release, structSize: type.size };
  const offset = Math.floor(path.bitOffset / 8);
  const size = sizeOf(btf, path.type) ?? 0;
  const isLoad = path.bitSize === 0 && WIDTHS.has(size);
  return {
    ...{ release, offset, size, structSize: type.size },
    ...(path.bitSize > 0 ? { bits: [path.bitOffset % 8, path.bitSize] as const } : {}),
    ...(isLoad ? { instruction: `r0 = *(u${size * 8} *)(r1 + ${offset})` } : {}),
  };
}
