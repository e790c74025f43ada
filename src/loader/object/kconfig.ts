/** Values of Linux's configuration, for `extern ... __kconfig`. Messages are libbpf's. */
import type { Btf } from "../../btf/btf.ts";
import { alignOf } from "../../btf/size.ts";
import type { BtfType } from "../../btf/type.ts";
import type { ObjectExtern } from "../../elf/object.ts";
import { ObjectError } from "./error.ts";

/** Settings by name, as a `.config` writes them: `y`, `m`, `n`, a number, a text in quotes. */
export type Kconfig = Readonly<Record<string, string>>;

/** Where an extern's value lies in the map `.kconfig`. */
export interface KconfigPlace {
  readonly extern: ObjectExtern;
  readonly offset: number;
}

/** What the map `.kconfig` is. */
export interface KconfigData {
  readonly places: readonly KconfigPlace[];
  readonly bytes: Uint8Array;
}

/**
 * Reads the text of a `.config`; comments and other lines are left out.
 *
 * @example readConfig('CONFIG_HZ=250\n# CONFIG_KASAN is not set').CONFIG_HZ // "250"
 */
export function readConfig(text: string): Kconfig {
  const settings: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/^(CONFIG_\w+)=(.*?)\s*$/gm)) settings[name!] = value!;
  return settings;
}

/** Lays the externs out as libbpf does, and fills in their values. */
export function resolveKconfig(
  object: string,
  btf: Btf,
  externs: readonly ObjectExtern[],
  settings: Kconfig,
): KconfigData {
  const own = externs
    .filter(({ kind }) => kind === "kconfig")
    .map((extern) => ({ extern, align: alignOf(btf, extern.type) }));
  own.sort((a, b) => b.align - a.align || a.extern.size - b.extern.size || (a.extern.name < b.extern.name ? -1 : 1));
  const places: KconfigPlace[] = [];
  let end = 0;
  for (const { extern, align } of own) {
    const offset = Math.ceil(end / align) * align;
    places.push({ extern, offset });
    end = offset + extern.size;
  }
  const bytes = new Uint8Array(end);
  for (const { extern, offset } of places) {
    const value = settings[extern.name];
    if (value !== undefined) bytes.set(settingBytes(object, btf, extern, value), offset);
    else if (!extern.weak)
      throw new ObjectError(
        "ESRCH",
        object,
        `extern (kcfg) '${extern.name}': not found in kernel config`,
        `Declare it __weak, or open the object with { kconfig: { ${extern.name}: "y" } }.`,
      );
  }
  return { places, bytes };
}

/** The bytes of a setting as a value of the extern's type. */
function settingBytes(object: string, btf: Btf, { name, type: id, size }: ObjectExtern, text: string): Uint8Array {
  const type: BtfType = btf.resolve(id);
  const fail = (reason: string): never => {
    throw new ObjectError("EINVAL", object, `extern (kcfg) '${name}': ${reason}`, "Its type must fit the setting.");
  };
  const number = (value: bigint, signed: boolean): Uint8Array => {
    const fits = signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
    if (fits !== value) fail(`value '${value}' doesn't fit in ${size} bytes`);
    return Uint8Array.from({ length: size }, (_, byte) => Number((value >> BigInt(8 * byte)) & 0xffn));
  };
  if (type.kind === "array") {
    const quoted = /^"(.*)"$/.exec(text);
    if (quoted === null) return fail(`value '${text}' is not a text in quotes`);
    // What does not fit is cut off, as by libbpf.
    const bytes = new Uint8Array(size);
    bytes.set(new TextEncoder().encode(quoted[1]).subarray(0, size - 1));
    return bytes;
  }
  if (text === "y" || text === "m" || text === "n") {
    const tristate = { n: 0n, y: 1n, m: 2n }[text];
    if (type.kind === "enum" && type.name === "libbpf_tristate") return number(tristate, false);
    if (type.kind === "int" && type.encoding === "bool")
      return text === "m" ? fail(`value '${text}' implies tristate or char type`) : number(tristate, false);
    if (type.kind === "int" && type.size === 1) return number(BigInt(text.charCodeAt(0)), false);
    return fail(`value '${text}' implies bool, tristate, or char type`);
  }
  if (!/^-?(0x[0-9a-fA-F]+|\d+)$/.test(text)) return fail(`value '${text}' isn't a valid integer`);
  if (type.kind !== "int" || type.encoding === "bool") return fail(`value '${text}' implies integer type`);
  const negative = text.startsWith("-");
  const magnitude = BigInt(negative ? text.slice(1) : text);
  return number(negative ? -magnitude : magnitude, type.encoding === "signed");
}
