/** A register's state in Linux's form, without what follows from the rest of it. */

const S64_MAX = 2n ** 63n - 1n;
const U64_MAX = 2n ** 64n - 1n;
const S32_MAX = 2n ** 31n - 1n;
const U32_MAX = 2n ** 32n - 1n;

/** Parts between the parentheses; those of `var_off` contain no comma, but a semicolon. */
const PARENTHESES = /^([^(]*)\((.*)\)$/;
const BOUND = /^[su](?:min|max)(?:32)?$/;
const VAR_OFF = /^var_off=\((0x[0-9a-f]+); (0x[0-9a-f]+)\)$/;

type Bounds = ReadonlyMap<string, bigint>;

/**
 * Drops bounds that the unsigned ones say already, and known bits that follow from them. What is left means the same.
 *
 * @example shortState("scalar(smin=0,smax=umax=255,var_off=(0x0; 0xff))") // "scalar(umax=255)"
 */
export function shortState(state: string): string {
  const [, head, inside] = PARENTHESES.exec(state) ?? [];
  if (inside === undefined) return state;
  const parts = inside.split(",");
  const bounds = new Map(parts.flatMap(boundsOf));
  const implied = impliedBounds(bounds);
  const kept = parts.flatMap((part) => {
    const bits = VAR_OFF.exec(part);
    if (bits) return bitsFollow(BigInt(bits[1]), BigInt(bits[2]), bounds) ? [] : [part];
    const stated = boundsOf(part);
    if (stated.length === 0) return [part];
    const names = stated.flatMap(([name, value]) => (implied.get(name) === value ? [] : [name]));
    return names.length === 0 ? [] : [[...names, part.slice(part.lastIndexOf("=") + 1)].join("=")];
  });
  return `${head}(${kept.join(",")})`;
}

/** The bounds and known bits that a state states; undefined for what is no number. */
export function numberParts(state: string): { bounds: Bounds; value: bigint; mask: bigint } | undefined {
  if (/^-?(0x)?[0-9a-f]+$/.test(state)) {
    const magnitude = BigInt(state.replace("-", ""));
    const number = state.startsWith("-") ? -magnitude : magnitude;
    const [unsigned, signed] = [BigInt.asUintN(64, number), BigInt.asIntN(64, number)];
    const bounds = new Map([
      ["umin", unsigned],
      ["umax", unsigned],
      ["smin", signed],
      ["smax", signed],
    ]);
    return { bounds, value: unsigned, mask: 0n };
  }
  const [, head, inside = ""] = PARENTHESES.exec(state) ?? [];
  if (head !== "scalar" && head !== "Pscalar") return undefined;
  const parts = inside.split(",");
  const bits = parts.flatMap((part) => VAR_OFF.exec(part) ?? []);
  const [value, mask] = bits.length === 0 ? [0n, U64_MAX] : [BigInt(bits[1]), BigInt(bits[2])];
  return { bounds: new Map(parts.flatMap(boundsOf)), value, mask };
}

/** `smax=umax=255` as pairs; nothing for a part that states no bounds. */
function boundsOf(part: string): [string, bigint][] {
  const names = part.split("=");
  const value = names.pop() ?? "";
  if (names.length === 0 || !names.every((name) => BOUND.test(name))) return [];
  const magnitude = BigInt(value.replace("-", ""));
  const number = value.startsWith("-") ? -magnitude : magnitude;
  // A negative bound may be printed as the 64 bits that hold it.
  return names.map((name) => [name, name.startsWith("s") ? BigInt.asIntN(64, number) : number]);
}

/** What the 64-bit unsigned bounds say of the other six: the same, as long as no sign or upper half comes in. */
function impliedBounds(bounds: Bounds): Bounds {
  const low = bounds.get("umin") ?? 0n;
  const high = bounds.get("umax") ?? U64_MAX;
  const same = (suffix: string): [string, bigint][] => [
    [`${suffix.charAt(0)}min${suffix.slice(1)}`, low],
    [`${suffix.charAt(0)}max${suffix.slice(1)}`, high],
  ];
  return new Map([
    ...(high <= S64_MAX ? same("s") : []),
    ...(high <= U32_MAX ? same("u32") : []),
    ...(high <= S32_MAX ? same("s32") : []),
  ]);
}

/** Whether every number within the unsigned bounds has the known bits: all bits above the highest that differs. */
function bitsFollow(value: bigint, mask: bigint, bounds: Bounds): boolean {
  const low = bounds.get("umin") ?? 0n;
  const high = bounds.get("umax") ?? U64_MAX;
  const differ = low ^ high;
  const open = differ === 0n ? 0n : 2n ** BigInt(differ.toString(2).length) - 1n;
  return (open & ~mask) === 0n && (low & ~mask) === value;
}
