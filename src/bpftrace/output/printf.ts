import { type Conversion, parseFormat } from "../analyse/format.ts";
import { fromBytes } from "../syntax/string.ts";
import type { Data, Names } from "./data.ts";
import { bytesText, dataText } from "./text.ts";

/**
 * Fills a format of `printf` as C does. The format has one character a byte.
 *
 * @example formatText("%5d|%-5d\n", [{ kind: "integer", value: 2n }, { kind: "integer", value: 3n }], names)
 */
export function formatText(format: string, values: readonly Data[], names: Names): string {
  let at = 0;
  let text = "";
  for (const part of parseFormat(format)) {
    if (typeof part === "string") {
      text += fromBytes(part);
      continue;
    }
    const star = () => String(numberOf(values[at++]));
    const width = part.width === "*" ? star() : part.width;
    const precision = part.precision === "*" ? star() : part.precision;
    text += convert({ ...part, width, precision }, values[at++], names);
  }
  return text;
}

const numberOf = (data: Data | undefined): bigint => {
  if (data?.kind === "integer") return data.value;
  return data?.kind === "text" && /^-?\d+$/.test(data.text) ? BigInt(data.text) : 0n;
};

const BITS: Readonly<Record<string, number>> = { hh: 8, h: 16 };

function convert({ flags, width, precision, length, kind }: Conversion, data: Data | undefined, names: Names): string {
  const size = Number(width || 0);
  const left = flags.includes("-") || size < 0;
  const pad = (text: string, zero = false): string => {
    const columns = Math.min(Math.abs(size), 4096);
    if (left) return text.padEnd(columns);
    if (!zero) return text.padStart(columns);
    const sign = /^(?:[-+ ]|0[xX])/.exec(text)?.[0] ?? "";
    return sign + text.slice(sign.length).padStart(columns - sign.length, "0");
  };
  if (data === undefined) return "";
  switch (kind) {
    case "s": {
      const text = dataText(data, names);
      return pad(precision === "" ? text : text.slice(0, Number(precision)));
    }
    case "r":
    case "rx":
    case "rh": {
      if (data.kind !== "bytes") return pad(dataText(data, names));
      return pad(bytesText(data.bytes, kind !== "r", kind === "rh" ? " " : "\\x"));
    }
    case "c":
      return pad(String.fromCharCode(Number(BigInt.asUintN(8, numberOf(data)))));
    case "p":
      return pad(pointerText(numberOf(data)));
    default: {
      const bits = BITS[length] ?? 64;
      const digits = digitsOf(numberOf(data), kind, bits, flags);
      const filled = precision === "" ? digits : fillDigits(digits, Number(precision));
      return pad(filled, flags.includes("0") && !left && precision === "");
    }
  }
}

const pointerText = (value: bigint): string => (value === 0n ? "(nil)" : `0x${BigInt.asUintN(64, value).toString(16)}`);

function fillDigits(digits: string, least: number): string {
  const sign = /^[-+ ]/.exec(digits)?.[0] ?? "";
  return sign + digits.slice(sign.length).padStart(Math.min(least, 4096), "0");
}

function digitsOf(value: bigint, kind: string, bits: number, flags: string): string {
  const unsigned = BigInt.asUintN(bits, value);
  const prefix = (text: string) => (flags.includes("#") && unsigned !== 0n ? text : "");
  switch (kind) {
    case "x":
      return prefix("0x") + unsigned.toString(16);
    case "X":
      return prefix("0X") + unsigned.toString(16).toUpperCase();
    case "o":
      return prefix("0") + unsigned.toString(8);
    case "u":
      return String(unsigned);
    case "gr":
      return unsigned === 0n ? "none" : `0x${unsigned.toString(16)}`;
    default: {
      const signed = BigInt.asIntN(bits, value);
      const sign = signed < 0n ? "" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
      return sign + String(signed);
    }
  }
}
