/** How one kind of BTF type is written: its number, and the bytes behind the twelve that every type has. */
interface KindRow {
  /** `BTF_KIND_*` of <linux/btf.h>. */
  readonly number: number;
  /** Name in Linux's logs and `bpftool btf dump`. */
  readonly text: string;
  /** Bytes that always follow. */
  readonly fixed: number;
  /** Bytes that follow for each of `vlen` elements. */
  readonly each: number;
}

/**
 * One row per kind of type, in the order of their numbers; `void` is type 0 of every BTF and is never written.
 *
 * ```
 * struct btf_type: name_off u32 | info u32 | size or type u32
 * info:            kind_flag 1 bit | unused 2 | kind 5 | unused 8 | vlen 16
 * ```
 *
 * Source: Documentation/bpf/btf.rst of Linux 6.18.
 */
export const KINDS = {
  void: { number: 0, text: "UNKNOWN", fixed: 0, each: 0 },
  int: { number: 1, text: "INT", fixed: 4, each: 0 },
  ptr: { number: 2, text: "PTR", fixed: 0, each: 0 },
  array: { number: 3, text: "ARRAY", fixed: 12, each: 0 },
  struct: { number: 4, text: "STRUCT", fixed: 0, each: 12 },
  union: { number: 5, text: "UNION", fixed: 0, each: 12 },
  enum: { number: 6, text: "ENUM", fixed: 0, each: 8 },
  fwd: { number: 7, text: "FWD", fixed: 0, each: 0 },
  typedef: { number: 8, text: "TYPEDEF", fixed: 0, each: 0 },
  volatile: { number: 9, text: "VOLATILE", fixed: 0, each: 0 },
  const: { number: 10, text: "CONST", fixed: 0, each: 0 },
  restrict: { number: 11, text: "RESTRICT", fixed: 0, each: 0 },
  func: { number: 12, text: "FUNC", fixed: 0, each: 0 },
  func_proto: { number: 13, text: "FUNC_PROTO", fixed: 0, each: 8 },
  var: { number: 14, text: "VAR", fixed: 4, each: 0 },
  datasec: { number: 15, text: "DATASEC", fixed: 0, each: 12 },
  float: { number: 16, text: "FLOAT", fixed: 0, each: 0 },
  decl_tag: { number: 17, text: "DECL_TAG", fixed: 4, each: 0 },
  type_tag: { number: 18, text: "TYPE_TAG", fixed: 0, each: 0 },
  enum64: { number: 19, text: "ENUM64", fixed: 0, each: 12 },
} as const satisfies Record<string, KindRow>;

/** Name of a kind of type, as in the discriminated union {@link BtfType}. */
export type BtfKind = keyof typeof KINDS;

/** Kinds by number. */
export const KIND_NAMES = Object.keys(KINDS) as BtfKind[];

/** Bits of `info` that Linux 6.18 knows. */
export const INFO_MASK = 0x9f00_ffff;

/** The kind's number in `info`. */
export const kindNumber = (info: number): number => (info >>> 24) & 0x1f;

/** How many elements follow; for functions the linkage. */
export const vlenOf = (info: number): number => info & 0xffff;

/** Bytes of a whole type, or -1 for a kind that does not exist. */
export function typeBytes(info: number): number {
  const name = KIND_NAMES[kindNumber(info)];
  if (name === undefined || name === "void") return -1;
  return 12 + KINDS[name].fixed + KINDS[name].each * vlenOf(info);
}
