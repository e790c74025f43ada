import { decodeType } from "./decode.ts";
import { BtfError } from "./error.ts";
import { readHeader } from "./header.ts";
import { type BtfKind, KIND_NAMES, kindNumber } from "./kinds.ts";
import { NameIndex } from "./name-index.ts";
import { scanTypes } from "./scan.ts";
import { StringTable } from "./strings.ts";
import { type BtfType, isModifier, type TypeOf } from "./type.ts";

const VOID: BtfType = { kind: "void", id: 0, name: "void" };

/** How many types may lie one behind the other, as in Linux. */
export const MAX_DEPTH = 32;

/**
 * The types of a program, of Linux or of one of its modules. The bytes stay as they are; a type becomes an object when
 * it is asked for, and the same one each time.
 *
 * Made by {@link parseBtf}.
 *
 * @example
 * const btf = parseBtf(readFileSync("/sys/kernel/btf/vmlinux"));
 * btf.byName("task_struct", "struct")!.size;
 */
export class Btf {
  /** The whole BTF as it was read. */
  readonly bytes: Uint8Array;
  /** The BTF whose types and names this one continues. */
  readonly base: Btf | undefined;
  /** Id of the first type of its own: 1, or the count of the base. */
  readonly firstId: number;
  /** One past the last id. */
  readonly count: number;
  readonly strings: StringTable;
  /** Where the type section starts in {@link bytes}. */
  readonly typesAt: number;
  readonly #words: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #types = new Map<number, BtfType>();
  #names: NameIndex | undefined;

  constructor(bytes: Uint8Array, base?: Btf) {
    const header = readHeader(bytes, base !== undefined);
    const { typesAt, typesLength, stringsAt, stringsLength } = header;
    this.bytes = bytes;
    this.base = base;
    this.typesAt = typesAt;
    this.strings = new StringTable(bytes.subarray(stringsAt, stringsAt + stringsLength), base?.strings);
    this.firstId = base?.count ?? 1;
    const words = typesLength >>> 2;
    const aligned = ((bytes.byteOffset + typesAt) & 3) === 0;
    this.#words = aligned
      ? new Uint32Array(bytes.buffer, bytes.byteOffset + typesAt, words)
      : new Uint32Array(new Uint8Array(bytes.subarray(typesAt, typesAt + words * 4)).buffer);
    const context = { words: this.#words, at: typesAt, firstId: this.firstId, stringsEnd: this.strings.end };
    this.#starts = scanTypes(context);
    this.count = this.firstId + this.#starts.length - 1;
    if ((typesLength & 3) !== 0) {
      const fault = { section: "types", offset: typesAt + words * 4, typeId: this.count } as const;
      throw new BtfError(`meta_left:${typesLength & 3} meta_needed:12`, fault);
    }
  }

  /** The type of an id; 0 is `void`. Throws {@link BtfError} for an id that does not exist. */
  type(id: number): BtfType {
    if (id === 0) return VOID;
    if (this.base !== undefined && id < this.firstId) return this.base.type(id);
    const known = this.#types.get(id);
    if (known !== undefined) return known;
    const type = decodeType(this.#words, this.#start(id), id, this.strings);
    this.#types.set(id, type);
    return type;
  }

  /** The kind of a type, without making an object of it. */
  kindOf(id: number): BtfKind {
    if (id === 0) return "void";
    if (this.base !== undefined && id < this.firstId) return this.base.kindOf(id);
    return KIND_NAMES[kindNumber(this.#words[this.#start(id) + 1])];
  }

  /** Where a type starts in the bytes of the BTF that has it: for errors. */
  offsetOf(id: number): number {
    if (id === 0) return this.typesAt;
    if (this.base !== undefined && id < this.firstId) return this.base.offsetOf(id);
    return this.typesAt + this.#start(id) * 4;
  }

  /** Types of that name in the order of their ids, those of the base first; only of one kind where it is given. */
  *allByName<Kind extends BtfKind = BtfKind>(name: string, kind?: Kind): Generator<TypeOf<Kind>> {
    if (this.base !== undefined) yield* this.base.allByName(name, kind);
    this.#names ??= new NameIndex(this.strings, this.#starts.length - 1, (index) => this.#words[this.#starts[index]]);
    for (const index of this.#names.find(name)) {
      const id = this.firstId + index;
      if (kind === undefined || this.kindOf(id) === kind) yield this.type(id) as TypeOf<Kind>;
    }
  }

  /** The first type of that name, and kind where it is given. */
  byName<Kind extends BtfKind = BtfKind>(name: string, kind?: Kind): TypeOf<Kind> | undefined {
    const { value } = this.allByName(name, kind).next();
    return value ?? undefined;
  }

  /** Its own types, in order; those of the base are the base's. */
  *types(): Generator<BtfType> {
    for (let id = this.firstId; id < this.count; id++) yield this.type(id);
  }

  /** The type behind typedefs, qualifiers and type tags. Throws {@link BtfError} for a chain that never ends. */
  resolve(id: number): Exclude<BtfType, TypeOf<"typedef" | "volatile" | "const" | "restrict" | "type_tag">> {
    let type = this.type(id);
    for (let depth = 0; isModifier(type); depth++) {
      if (depth > this.count) throw this.error(id, "Loop detected");
      type = this.type(type.type);
    }
    return type as Exclude<BtfType, TypeOf<"typedef" | "volatile" | "const" | "restrict" | "type_tag">>;
  }

  /** An error about a type. */
  error(typeId: number, reason: string): BtfError {
    return new BtfError(reason, { section: "types", offset: this.offsetOf(typeId), typeId });
  }

  #start(id: number): number {
    if (!Number.isInteger(id) || id < 0 || id >= this.count) {
      const fault = { section: "types", offset: this.typesAt, typeId: id } as const;
      throw new BtfError(`Invalid type_id: ${id} of ${this.count} types`, fault);
    }
    return this.#starts[id - this.firstId];
  }
}

/**
 * Reads a BTF and checks all that reading its types relies on; types are decoded when they are asked for. `base` is the
 * BTF that a module's split BTF continues. Throws {@link BtfError}, in Linux's words where it has words for it. Linux
 * asks more of a BTF that is loaded: names that C allows, sizes that add up, no type that contains itself.
 *
 * @example
 * const vmlinux = parseBtf(bytesOfVmlinux);
 * const module = parseBtf(bytesOfModule, vmlinux);
 */
export const parseBtf = (bytes: Uint8Array, base?: Btf): Btf => new Btf(bytes, base);
