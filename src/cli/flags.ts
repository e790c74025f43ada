import { parseArgs } from "node:util";
import { suggest } from "../asm/suggest.ts";
import { isRelease, RELEASES, type Release } from "../btf/data/machine.ts";
import { UsageError } from "./usage.ts";

/** What the flags of a command take: nothing, one value, or one each time they are given. */
export type FlagKind = "boolean" | "string" | "list";

/** The flags that were given, by name without dashes. */
export type Flags<Kinds extends Readonly<Record<string, FlagKind>>> = {
  readonly [Name in keyof Kinds]?: Kinds[Name] extends "boolean"
    ? boolean
    : Kinds[Name] extends "string"
      ? string
      : readonly string[];
};

/**
 * Reads `--name`, `--name value` and `--name=value`; the other words are positional, also `-`. Throws `UsageError` for a
 * flag that does not exist, with one that is spelled alike.
 *
 * @example
 * readFlags(["prog.s", "--json"], { json: "boolean", type: "string" }); // { flags: { json: true }, words: ["prog.s"] }
 */
export function readFlags<const Kinds extends Readonly<Record<string, FlagKind>>>(
  args: readonly string[],
  kinds: Kinds,
): { readonly flags: Flags<Kinds>; readonly words: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { type: kind === "boolean" ? ("boolean" as const) : ("string" as const), multiple: kind === "list" },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const flags: Record<string, boolean | string | string[]> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
    if (kind === undefined) {
      const near = suggest(token.name, Object.keys(kinds));
      throw new UsageError(`unknown option ${token.rawName}${near === undefined ? "" : `, did you mean --${near}?`}`);
    }
    if (kind === "boolean") {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      flags[token.name] = true;
    } else if (token.value === undefined) throw new UsageError(`${token.rawName} needs a value`);
    else if (kind === "string") flags[token.name] = token.value;
    else flags[token.name] = [...((flags[token.name] as string[] | undefined) ?? []), token.value];
  }
  return { flags: flags as Flags<Kinds>, words };
}

/** A flag's value that must be one of some words; throws `UsageError`. */
export function oneOf<T extends string>(flag: string, value: string | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
  const near = suggest(value, allowed);
  const list = near && allowed.length > 8 ? "" : ` It is one of ${allowed.join(", ")}.`;
  throw new UsageError(`--${flag} ${value}: there is no such ${flag}${near ? `, did you mean ${near}?` : "."}${list}`);
}

/** A flag's value that must be a whole number; throws `UsageError`. */
export function wholeNumber(flag: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${flag} ${value}: expected a whole number from ${least} to ${most}`);
}

/** The value of `--release`: one that ships, or a made-up one; throws `UsageError`. */
export const releaseFlag = (value: string | undefined): Release | undefined =>
  isRelease(value) ? value : oneOf("release", value, RELEASES);
