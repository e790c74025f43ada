import type { Btf } from "../btf.ts";
import type { BtfKind } from "../kinds.ts";

/**
 * A name without its flavour: `task_struct___old` is another view of `task_struct`. The last `___` between other
 * characters begins the flavour.
 */
export function essentialName(name: string): string {
  for (let at = name.length - 5; at >= 0; at--)
    if (name[at] !== "_" && name[at + 4] !== "_" && name.startsWith("___", at + 1)) return name.slice(0, at + 1);
  return name;
}

/** Whether two names are the same but for their flavours. */
export const sameName = (a: string, b: string): boolean => essentialName(a) === essentialName(b);

/** Whether types of these kinds can stand for each other: the same kind, or both enums of any width. */
export const sameKind = (a: BtfKind, b: BtfKind): boolean => a === b || (isEnum(a) && isEnum(b));

const isEnum = (kind: BtfKind): boolean => kind === "enum" || kind === "enum64";

const UNDERSCORE = 0x5f;
const utf8 = new TextDecoder();

/** Names of a BTF that have a flavour, by their essential part; found once for a BTF. */
const flavours = new WeakMap<Btf, Map<string, Set<string>>>();

function flavoursOf(btf: Btf): Map<string, Set<string>> {
  const known = flavours.get(btf);
  if (known !== undefined) return known;
  const found = new Map<string, Set<string>>();
  const { bytes } = btf.strings;
  for (let at = bytes.indexOf(UNDERSCORE); at >= 0; at = bytes.indexOf(UNDERSCORE, at + 1)) {
    if (bytes[at + 1] !== UNDERSCORE || bytes[at + 2] !== UNDERSCORE) continue;
    const name = utf8.decode(bytes.subarray(bytes.lastIndexOf(0, at) + 1, bytes.indexOf(0, at)));
    const essential = essentialName(name);
    if (essential === name) continue;
    const names = found.get(essential) ?? new Set();
    found.set(essential, names.add(name));
  }
  flavours.set(btf, found);
  return found;
}

/**
 * Ids of the types of Linux that a type of the program may mean: of the same kind and essential name, in the order of
 * their ids.
 */
export function candidates(target: Btf, name: string, kind: BtfKind): number[] {
  const essential = essentialName(name);
  const names = new Set([essential]);
  for (let btf: Btf | undefined = target; btf !== undefined; btf = btf.base)
    for (const flavoured of flavoursOf(btf).get(essential) ?? []) names.add(flavoured);
  return [...names]
    .flatMap((each) => [...target.allByName(each)])
    .filter((type) => sameKind(type.kind, kind))
    .map(({ id }) => id)
    .sort((a, b) => a - b);
}
