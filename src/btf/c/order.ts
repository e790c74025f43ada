import type { Btf } from "../btf.ts";

/** How deep definitions may nest: real ones stay below a hundred. */
const MAX_NESTING = 1000;

/** What has not been visited is 0. */
const VISITING = 1;
const DONE = 2;

/**
 * In which order types have to be defined: what a type contains comes before it, what it points to may follow, for a
 * forward declaration will do. Calling it with one type after the other never names a type twice.
 */
export class DefinitionOrder {
  readonly #btf: Btf;
  readonly #state: Uint8Array;
  /** Types that another type refers to: an enum without a name is defined there. */
  readonly #referenced: Uint8Array;

  constructor(btf: Btf) {
    this.#btf = btf;
    this.#state = new Uint8Array(btf.count);
    this.#referenced = new Uint8Array(btf.count);
    for (let id = 1; id < btf.count; id++) this.#refer(id);
  }

  /** Types to define for this one, itself included if it can be, that were not named before. */
  of(id: number): number[] {
    const queue: number[] = [];
    this.#visit(id, false, queue, 0);
    return queue;
  }

  #refer(id: number): void {
    const type = this.#btf.type(id);
    const refer = (to: number) => {
      this.#referenced[to] = 1;
    };
    if (type.kind === "array") refer(type.indexType);
    if ("type" in type && type.kind !== "func_proto") refer(type.type);
    if ("members" in type) for (const { type: to } of type.members) refer(to);
    if ("params" in type) for (const { type: to } of type.params) refer(to);
    if ("vars" in type) for (const { type: to } of type.vars) refer(to);
  }

  /** Whether the type is now fully known, so that a typedef of it can be written. */
  #visit(id: number, throughPointer: boolean, queue: number[], depth: number): boolean {
    if (id === 0) return false;
    if (depth > MAX_NESTING) throw this.#btf.error(id, "types nest too deep");
    if (this.#state[id] === DONE) return true;
    const type = this.#btf.type(id);
    if (this.#state[id] === VISITING) {
      if ((type.kind === "struct" || type.kind === "union") && throughPointer && type.name !== "") return false;
      throw this.#btf.error(id, "unsatisfiable type cycle");
    }
    const visit = (to: number, pointed: boolean) => this.#visit(to, pointed, queue, depth + 1);
    const done = (define: boolean, strong: boolean) => {
      if (define) queue.push(id);
      this.#state[id] = DONE;
      return strong;
    };
    switch (type.kind) {
      case "ptr": {
        const strong = visit(type.type, true);
        return done(false, strong);
      }
      case "array":
        return visit(type.type, false);
      case "struct":
      case "union":
        // A named struct behind a pointer needs no more than its name; one without a name is written in place.
        if (throughPointer && type.name !== "") return false;
        this.#state[id] = VISITING;
        for (const member of type.members) visit(member.type, false);
        return done(type.name !== "", true);
      case "enum":
      case "enum64":
      case "fwd":
        return done(type.name !== "" || this.#referenced[id] === 0, true);
      case "typedef": {
        const strong = visit(type.type, throughPointer);
        if (throughPointer && !strong) return false;
        return done(true, true);
      }
      case "volatile":
      case "const":
      case "restrict":
      case "type_tag":
        return visit(type.type, throughPointer);
      case "func_proto": {
        let strong = visit(type.type, throughPointer);
        for (const param of type.params) strong = visit(param.type, throughPointer) || strong;
        return strong;
      }
      case "void":
      case "int":
      case "float":
      case "func":
      case "var":
      case "datasec":
      case "decl_tag":
        return done(false, false);
    }
  }
}
