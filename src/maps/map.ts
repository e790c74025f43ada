import { ArgumentError, isObject, requireWhole } from "../isa/argument.ts";
import { type Codec, u32, u64 } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import { remember } from "./latest.ts";
import { MAX_STACK_DEPTH } from "./rules.ts";

/** What every declaration says. */
interface Named {
  /** At most 15 letters, digits, underscores and dots. */
  readonly name: string;
  readonly maxEntries: number;
  /** `MAP_FLAGS`, or-ed. */
  readonly flags?: number;
}

/** The declaration's own description, checked to be one. */
function described<S>(maker: string, spec: S): S {
  if (isObject(spec)) return spec;
  throw new ArgumentError(`the argument of map.${maker}(...)`, "an object such as { name, ..., maxEntries }", spec);
}

/** A stack's addresses, innermost first; the zeros that fill its slot are not part of it. */
function stack(depth: number): Codec<readonly bigint[]> {
  return {
    name: `u64[${depth}]`,
    size: 8 * depth,
    align: 8,
    read(view, at) {
      const addresses: bigint[] = [];
      for (let index = 0; index < depth; index++) {
        const address = view.getBigUint64(at + 8 * index, true);
        if (address === 0n) break;
        addresses.push(address);
      }
      return addresses;
    },
    write(view, at, addresses) {
      for (let index = 0; index < depth; index++) u64.write(view, at + 8 * index, addresses[index] ?? 0n);
    },
  };
}

/**
 * Declares maps. Nothing is created before a machine loads a program that uses one, but what no machine could create is
 * refused here: `ArgumentError` for a description that lacks something, `MapError` for attributes that Linux refuses.
 *
 * @example const counts = map.array({ name: "counts", value: u64, maxEntries: 4 });
 */
export const map = {
  /** Elements by key, added and removed at will. @example map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 }) */
  hash: <K, V>(spec: Named & { readonly key: Codec<K>; readonly value: Codec<V> }): MapDeclaration<K, V> =>
    remember(new MapDeclaration({ type: "hash", ...described("hash", spec) })),

  /** Elements 0 to `maxEntries - 1`, always there, zero at first. @example map.array({ name: "n", value: u64, maxEntries: 1 }) */
  array: <V>(spec: Named & { readonly value: Codec<V> }): MapDeclaration<number, V> =>
    remember(new MapDeclaration({ type: "array", key: u32, ...described("array", spec) })),

  /**
   * Stacks by the id that `bpf_get_stackid` returns, each at most `depth` addresses (default and most: 127).
   *
   * @example map.stackTrace({ name: "stacks", maxEntries: 1024 })
   */
  stackTrace: (spec: Named & { readonly depth?: number }): MapDeclaration<number, readonly bigint[]> => {
    const { depth = MAX_STACK_DEPTH, ...rest } = described("stackTrace", spec);
    requireWhole("depth of map.stackTrace(...)", depth, 1, MAX_STACK_DEPTH);
    return remember(new MapDeclaration({ type: "stack_trace", key: u32, value: stack(depth), ...rest }));
  },
};
