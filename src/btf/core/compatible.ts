import { type Btf, MAX_DEPTH } from "../btf.ts";
import { type BtfType, isComposite } from "../type.ts";
import { CoreFault } from "./error.ts";
import { essentialName, sameKind, sameName } from "./names.ts";

/** A type of the program and one of Linux. */
interface Pair {
  readonly local: Btf;
  readonly target: Btf;
}

/** Whether a member of the program's type can be read as a member of Linux's: any struct as any struct, any number as any. */
export function fieldsAreCompatible({ local, target }: Pair, localId: number, targetId: number): boolean {
  let [mine, theirs]: [BtfType, BtfType] = [local.resolve(localId), target.resolve(targetId)];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (isComposite(mine) && isComposite(theirs)) return true;
    if (!sameKind(mine.kind, theirs.kind)) return false;
    if (mine.kind === "array" && theirs.kind === "array") {
      [mine, theirs] = [local.resolve(mine.type), target.resolve(theirs.type)];
      continue;
    }
    if (mine.kind === "int" && theirs.kind === "int") return mine.bitOffset === 0 && theirs.bitOffset === 0;
    if (mine.kind === "ptr" || mine.kind === "float") return true;
    if (mine.kind !== "fwd" && mine.kind !== "enum" && mine.kind !== "enum64") return false;
    const [a, b] = [essentialName(mine.name), essentialName(theirs.name)];
    return a === "" || b === "" || a === b;
  }
  return false;
}

/** Whether a type of the program is one of Linux by its shape: for questions whether a type exists and how large it is. */
export function typesAreCompatible(pair: Pair, localId: number, targetId: number): boolean {
  const { local, target } = pair;
  return sameKind(local.kindOf(localId), target.kindOf(targetId)) && sameShape(pair, localId, targetId, MAX_DEPTH);
}

function sameShape({ local, target }: Pair, localId: number, targetId: number, level: number): boolean {
  let [mine, theirs]: [BtfType, BtfType] = [local.resolve(localId), target.resolve(targetId)];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (!sameKind(mine.kind, theirs.kind)) return false;
    if (mine.kind === "int" && theirs.kind === "int") return mine.bitOffset === 0 && theirs.bitOffset === 0;
    if (mine.kind === "func_proto" && theirs.kind === "func_proto") {
      const others = theirs.params;
      if (mine.params.length !== others.length) return false;
      if (level <= 0) throw new CoreFault("types nest too deep");
      const params = mine.params.every(({ type }, index) =>
        sameShape({ local, target }, type, others[index].type, level - 1),
      );
      if (!params) return false;
    } else if (mine.kind === "ptr" || mine.kind === "array") {
      // Goes on below with what they point to or hold.
    } else return ["void", "struct", "union", "enum", "enum64", "fwd"].includes(mine.kind);
    if (!("type" in mine) || !("type" in theirs)) return false;
    [mine, theirs] = [local.resolve(mine.type), target.resolve(theirs.type)];
  }
  throw new CoreFault("types nest too deep");
}

/** How many pairs of types a match may look at: hostile types could ask for more than a computer can do. */
const MATCH_BUDGET = 200_000;

/**
 * Whether a type of Linux has all that the program's has: members by name and type, values by name. Structs behind
 * pointers only need the same name.
 */
export function typesMatch({ local, target }: Pair, localRoot: number, targetRoot: number): boolean {
  let budget = MATCH_BUDGET;
  const match = (localId: number, targetId: number, pointed: boolean, level: number): boolean => {
    if (level <= 0 || budget-- <= 0) throw new CoreFault("types nest too deep");
    const [mine, theirs]: [BtfType, BtfType] = [local.resolve(localId), target.resolve(targetId)];
    if (!sameName(mine.name, theirs.name)) return false;
    switch (mine.kind) {
      case "void":
        return theirs.kind === "void";
      case "fwd":
        return theirs.kind === "fwd" ? mine.of === theirs.of : pointed && theirs.kind === mine.of;
      case "enum":
      case "enum64": {
        if (theirs.kind !== "enum" && theirs.kind !== "enum64") return false;
        const names = new Set([...theirs.values].map(({ name }) => essentialName(name)));
        return (
          mine.values.length <= theirs.values.length &&
          [...mine.values].every(({ name }) => names.has(essentialName(name)))
        );
      }
      case "struct":
      case "union": {
        if (pointed) return theirs.kind === mine.kind || (theirs.kind === "fwd" && theirs.of === mine.kind);
        if (theirs.kind !== mine.kind || mine.members.length > theirs.members.length) return false;
        const others = Map.groupBy(theirs.members, ({ name }) => essentialName(name));
        return mine.members.every(({ name, type }) =>
          (others.get(essentialName(name)) ?? []).some((other) => match(type, other.type, pointed, level - 1)),
        );
      }
      case "int":
        return (
          theirs.kind === "int" &&
          mine.size === theirs.size &&
          (mine.encoding === "signed") === (theirs.encoding === "signed")
        );
      case "ptr":
        return theirs.kind === "ptr" && match(mine.type, theirs.type, true, level - 1);
      case "array":
        return (
          theirs.kind === "array" && mine.length === theirs.length && match(mine.type, theirs.type, pointed, level - 1)
        );
      case "func_proto": {
        if (theirs.kind !== "func_proto" || mine.params.length !== theirs.params.length) return false;
        const others = theirs.params;
        return (
          mine.params.every(({ type }, index) => match(type, others[index].type, pointed, level - 1)) &&
          match(mine.type, theirs.type, pointed, level - 1)
        );
      }
      case "func":
      case "var":
      case "datasec":
      case "float":
      case "decl_tag":
        return false;
    }
  };
  return match(localRoot, targetRoot, false, MAX_DEPTH);
}
