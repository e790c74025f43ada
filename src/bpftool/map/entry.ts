import { roundUp8 } from "../../maps/base.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { isPerCpu } from "../../maps/spec.ts";
import { typedValue } from "../btf/value.ts";
import { hexByte, type Json, jsonText, object } from "../json.ts";

/** Bytes in hexadecimal as bpftool prints them: 16 a line, with a wider gap after 8. */
export function hexText(bytes: Uint8Array): string {
  let text = "";
  for (const [index, byte] of bytes.entries()) {
    const gap = index === 0 ? "" : index % 16 === 0 ? "\n" : index % 8 === 0 ? "  " : " ";
    text += gap + byte.toString(16).padStart(2, "0");
  }
  return text;
}

const hexJson = (bytes: Uint8Array): Json => [...bytes].map(hexByte);

/** The values of all CPUs, of a map that has one for each. */
function valuesOf({ spec }: RuntimeMap, value: Uint8Array): Uint8Array[] {
  const step = roundUp8(spec.valueSize);
  return Array.from({ length: value.length / step }, (_, cpu) =>
    value.subarray(cpu * step, cpu * step + spec.valueSize),
  );
}

/** Whether bpftool knows the types of the map's values. */
export const isTyped = ({ spec }: RuntimeMap): boolean => spec.btf !== undefined && spec.btf.valueType !== 0;

/** An element by its types; `asText`: without `-j`. */
export function typedEntry(map: RuntimeMap, key: Uint8Array, value: Uint8Array, asText: boolean): Json {
  const { btf, keyType, valueType } = map.spec.btf!;
  const typed = (type: number, bytes: Uint8Array) => typedValue(btf, type, bytes, asText);
  return object(
    ["key", keyType === 0 ? undefined : typed(keyType, key)],
    ...(isPerCpu(map.spec.type)
      ? ([
          ["values", valuesOf(map, value).map((each, cpu) => object(["cpu", cpu], ["value", typed(valueType, each)]))],
        ] as const)
      : ([["value", typed(valueType, value)]] as const)),
  );
}

/** An element as bytes, and by its types where they are known: for `-j`. */
export function entryJson(map: RuntimeMap, key: Uint8Array, value: Uint8Array): Json {
  return object(
    ["key", hexJson(key)],
    isPerCpu(map.spec.type)
      ? ["values", valuesOf(map, value).map((each, cpu) => object(["cpu", cpu], ["value", hexJson(each)]))]
      : ["value", hexJson(value)],
    ["formatted", isTyped(map) ? typedEntry(map, key, value, false) : undefined],
  );
}

/** One element as `map lookup` prints it. */
export const entryText = (map: RuntimeMap, key: Uint8Array, value: Uint8Array): string =>
  isTyped(map) ? `${jsonText(typedEntry(map, key, value, true), true)}\n` : plainEntry(map, key, value);

/** An element as bytes. */
export function plainEntry(map: RuntimeMap, key: Uint8Array, value: Uint8Array): string {
  if (isPerCpu(map.spec.type)) {
    const breaks = map.spec.valueSize > 16 ? "\n" : " ";
    const values = valuesOf(map, value).map(
      (each, cpu) => `value (CPU ${String(cpu).padStart(2, "0")}):${breaks}${hexText(each)}\n`,
    );
    return `key:\n${hexText(key)}\n${values.join("")}`;
  }
  return entryLines(key, hexText(value), value.length);
}

/** A key with what stands for its value, which is so many bytes or letters wide. */
export function entryLines(key: Uint8Array, value: string, width: number): string {
  const breaks = key.length > 16 || width > 16;
  const gap = breaks ? "\n" : " ";
  const oneLine = key.length + width <= 24 && !breaks;
  const first = key.length === 0 ? "" : `key:${gap}${hexText(key)}${oneLine ? "  " : "\n"}`;
  return `${first}${width === 0 ? "" : `value:${gap}${value}`}\n`;
}

/** A key whose value cannot be read, for `-j`. */
export const errorJson = (key: Uint8Array, message: string): Json =>
  object(["key", hexJson(key)], ["value", object(["error", message])]);

/** A key alone, for `map getnext`. */
export const keyJson = hexJson;
