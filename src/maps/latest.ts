import type { MapDeclaration } from "./declaration.ts";

/** Any declaration, whatever its keys and values are. */
export type AnyDeclaration = MapDeclaration<never, never>;

/**
 * The one piece of state: the declaration made last under each name. It lets `map[sizes]` in a later cell's assembly mean
 * the `map.hash({ name: "sizes" })` of an earlier one, and a cell that is run again replace what it declared.
 */
const latest = new Map<string, AnyDeclaration>();

/** Makes a declaration the one that its name stands for. */
export function remember<D extends Pick<MapDeclaration<never, never>, "name">>(declaration: D): D {
  latest.set(declaration.name, declaration as unknown as AnyDeclaration);
  return declaration;
}

/** The declaration made last under `name`. */
export const latestDeclaration = (name: string): AnyDeclaration | undefined => latest.get(name);

/** Every name that was declared, for suggestions. */
export const declaredNames = (): readonly string[] => [...latest.keys()];
