import type { Btf } from "../btf.ts";
import { CWriter } from "./declaration.ts";
import { CNames } from "./names.ts";
import { DefinitionOrder } from "./order.ts";

const NEW = 0;
const WRITING = 1;
const WRITTEN = 2;

/** How deep types may refer to each other while one is defined. */
const MAX_NESTING = 1000;

/** Writes definitions, each once, with the forward declarations that they need. */
class Definitions {
  readonly #btf: Btf;
  readonly #writer: CWriter;
  readonly #order: DefinitionOrder;
  readonly #state: Uint8Array;
  /** Types that have been declared, or typedefs that were written early. */
  readonly #declared: Uint8Array;
  /** For which container a type without a name was last looked through: once is enough, however often it is in there. */
  readonly #within: Uint32Array;
  readonly #parts: string[] = [];

  constructor(btf: Btf) {
    this.#btf = btf;
    this.#writer = new CWriter(btf, new CNames(btf));
    this.#order = new DefinitionOrder(btf);
    this.#state = new Uint8Array(btf.count);
    this.#declared = new Uint8Array(btf.count);
    this.#within = new Uint32Array(btf.count);
  }

  get text(): string {
    return this.#parts.join("");
  }

  /** Defines a typedef, but for the one that every compiler brings. */
  #writeTypedef(id: number): void {
    if (this.#btf.type(id).name !== "__builtin_va_list") this.#write(this.#writer.define(id));
  }

  /** Defines a type and all that it contains. */
  add(id: number): void {
    for (const each of this.#order.of(id)) this.#emit(each, 0, 0);
  }

  #write(text: string): void {
    this.#parts.push(`${text};\n\n`);
  }

  /** `container` is the named type whose definition needs this one, 0 for a definition of its own. */
  #emit(id: number, container: number, depth: number): void {
    if (id === 0 || this.#state[id] === WRITTEN) return;
    if (depth > MAX_NESTING) throw this.#btf.error(id, "types nest too deep");
    const type = this.#btf.type(id);
    const emit = (to: number, within: number) => this.#emit(to, within, depth + 1);
    if (this.#state[id] === WRITING) {
      this.#emitEarly(id, container);
      return;
    }
    switch (type.kind) {
      case "int":
      case "float":
        this.#state[id] = WRITTEN;
        return;
      case "enum":
      case "enum64":
        if (container === 0) this.#write(this.#writer.define(id));
        this.#state[id] = WRITTEN;
        return;
      case "fwd":
        this.#write(this.#writer.tag(id));
        this.#state[id] = WRITTEN;
        return;
      case "ptr":
      case "volatile":
      case "const":
      case "restrict":
      case "type_tag":
      case "array":
        emit(type.type, container);
        return;
      case "func_proto":
        emit(type.type, container);
        for (const param of type.params) emit(param.type, container);
        return;
      case "typedef":
        this.#state[id] = WRITING;
        emit(type.type, id);
        if (this.#declared[id] === 0) this.#writeTypedef(id);
        this.#state[id] = WRITTEN;
        return;
      case "struct":
      case "union": {
        if (type.name === "" && this.#within[id] === container + 1) return;
        this.#within[id] = container + 1;
        this.#state[id] = WRITING;
        if (container === 0 || type.name === "") {
          for (const member of type.members) emit(member.type, type.name === "" ? container : id);
        } else if (this.#declared[id] === 0 && id !== container) {
          this.#write(this.#writer.tag(id));
          this.#declared[id] = 1;
        }
        if (container === 0) this.#write(this.#writer.define(id));
        this.#state[id] = container === 0 ? WRITTEN : NEW;
        return;
      }
      case "void":
      case "func":
      case "var":
      case "datasec":
      case "decl_tag":
        return;
    }
  }

  /** A type that is being defined is referred to: its name is enough, and has to be known. */
  #emitEarly(id: number, container: number): void {
    const type = this.#btf.type(id);
    if (this.#declared[id] === 1 || id === container) return;
    if (type.kind === "typedef") this.#writeTypedef(id);
    else if (type.name !== "") this.#write(this.#writer.tag(id));
    else return;
    this.#declared[id] = 1;
  }
}

const HEAD = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

`;

const FOOT = `#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
`;

/**
 * All types of a BTF as one C header, the `vmlinux.h` that programs include: in an order that compiles, with padding
 * where C would lay out otherwise, `packed` where needed, and every struct marked for CO-RE. The same text as
 * `bpftool btf dump ... format c` in libbpf 1.1, plus the width of one-byte enums, which later versions write.
 *
 * @example
 * const header = printHeader(machineBtf("6.18"));
 */
export function printHeader(btf: Btf): string {
  const definitions = new Definitions(btf);
  for (let id = 1; id < btf.count; id++) definitions.add(id);
  return HEAD + definitions.text + FOOT;
}

/**
 * Some types in C with all that they contain; what they only point to is declared.
 *
 * @example
 * printTypes(btf, [btf.byName("list_head", "struct")!.id]);
 * // struct list_head {
 * //   struct list_head *next;
 * //   struct list_head *prev;
 * // };
 */
export function printTypes(btf: Btf, ids: Iterable<number>): string {
  const definitions = new Definitions(btf);
  for (const id of ids) definitions.add(id);
  return definitions.text;
}
