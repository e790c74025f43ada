/**
 * Texts that Linux reads when it verifies: formats and names in maps that nobody can change any more.
 *
 * Behaviour and messages: `check_reg_const_str` and `check_bpf_snprintf_call` of Linux 6.18.
 */
import { parseFormat } from "../helpers/format.ts";
import { REG } from "../isa/constants.ts";
import { MAP_FLAGS } from "../maps/flags.ts";
import type { MapType } from "../maps/spec.ts";
import { type Environment, registerAt } from "./environment.ts";
import { checkMapRange } from "./memory.ts";
import { AUX, OFF, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import { tnumIsConst } from "./tnum.ts";

/** Types of maps whose values have an address that Linux can look at. */
const ADDRESSABLE: ReadonlySet<MapType> = new Set(["array", "arena"]);

/** The register, a pointer into a map's value, points to a constant text with an end: that text, one character a byte. */
export function checkConstantString(env: Environment, register: number): string {
  const w = env.words;
  const r = registerAt(register);
  const map = env.maps[w[r + AUX]];
  if (map.frozen === undefined || !(map.flags & MAP_FLAGS.RDONLY_PROG)) reject("string_writable", register);
  if (!tnumIsConst(w, r + VALUE)) reject("string_variable", register);
  if (!ADDRESSABLE.has(map.type)) reject("string_map");
  checkMapRange(env, register, w[r + OFF], map.valueSize - w[r + OFF], false, "helper");
  if (map.maxEntries !== 1) reject("string_elements");
  const bytes = map.frozen!.subarray(w[r + OFF] + w[r + VALUE]);
  const end = bytes.indexOf(0);
  if (end < 0) reject("string_unterminated");
  return String.fromCharCode(...bytes.subarray(0, end));
}

/** `bpf_snprintf`: the format in r3 is one, and has no more conversions than the array of r5 bytes has arguments. */
export function checkFormat(env: Environment): void {
  const count = env.words[registerAt(REG.R5) + VALUE];
  if (count % 8 !== 0) reject("format_arguments");
  if (parseFormat(checkConstantString(env, REG.R3), count / 8) === undefined) reject("format_invalid");
}
