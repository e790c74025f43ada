/** Addresses of network cards and of the Internet, as text and as bytes. */
import { ArgumentError } from "../isa/argument.ts";

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

/** `02:00:00:00:00:01`. */
export const formatMac = (bytes: Uint8Array): string => Array.from(bytes, hex).join(":");

/** Six bytes of `02:00:00:00:00:01`; throws `ArgumentError` that names `argument`. */
export function parseMac(argument: string, text: unknown): Uint8Array {
  if (typeof text === "string" && /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text))
    return Uint8Array.from(text.split(":"), (part) => Number.parseInt(part, 16));
  throw new ArgumentError(argument, 'a hardware address such as "02:00:00:00:00:01"', text);
}

/** `10.0.0.1`. */
export const formatIpv4 = (bytes: Uint8Array): string => Array.from(bytes, String).join(".");

function ipv4(text: string): Uint8Array | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  return parts.every((part) => part < 256) ? Uint8Array.from(parts) : undefined;
}

/** The form of RFC 5952: lower case, the longest run of at least two zero groups as `::`, mapped IPv4 in dots. */
export function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[2 * at] << 8) | bytes[2 * at + 1]);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${formatIpv4(bytes.subarray(12))}`;
  let [start, length] = [0, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > length) [start, length] = [at, end - at];
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function ipv6(text: string): Uint8Array | undefined {
  // A dotted end stands for two groups.
  const dotted = /^(.*:)([\d.]+)$/.exec(text);
  if (dotted?.[2].includes(".")) {
    const end = ipv4(dotted[2]);
    if (end === undefined) return undefined;
    const groups = [0, 2].map((at) => ((end[at] << 8) | end[at + 1]).toString(16));
    return ipv6(dotted[1] + groups.join(":"));
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - before.length - (after?.length ?? 0);
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array(missing).fill("0"), ...(after ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}

/** Four or sixteen bytes of an Internet address; throws `ArgumentError` that names `argument`. */
export function parseIp(argument: string, text: unknown): Uint8Array {
  const bytes = typeof text === "string" ? (ipv4(text) ?? ipv6(text)) : undefined;
  if (bytes === undefined) throw new ArgumentError(argument, 'an address such as "10.0.0.1" or "fd00::1"', text);
  return bytes;
}

/** An address of four or sixteen bytes as text. */
export const formatIp = (bytes: Uint8Array): string => (bytes.length === 4 ? formatIpv4(bytes) : formatIpv6(bytes));
