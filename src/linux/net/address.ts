import { formatIp, formatMac, parseIp, parseMac } from "../../packets/address.ts";

/** An address of the Internet: IPv4 as its 32 bits, IPv6 as its text (RFC 5952). Equal addresses are `===`. */
export type Ip = number | string;

/** A hardware address as its 48 bits. */
export type Mac = number;

export const BROADCAST_MAC: Mac = 2 ** 48 - 1;
export const ANY4: Ip = 0;
export const ANY6: Ip = "::";

/** Families of sockets. */
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** The address of a text; throws `ArgumentError` that names `argument`. */
export function ipOf(argument: string, text: unknown): Ip {
  return ipAt(parseIp(argument, text), 0, 0);
}

/** The address in `length` bytes (4 or 16; 0: all) of `bytes`. */
export function ipAt(bytes: Uint8Array, at: number, length: number): Ip {
  const size = length || bytes.length;
  if (size === 4) return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  return formatIp(bytes.subarray(at, at + 16));
}

/** Its four or sixteen bytes. */
export function ipBytes(ip: Ip): Uint8Array {
  if (typeof ip === "string") return parseIp("address", ip);
  return Uint8Array.of(ip >>> 24, ip >>> 16, ip >>> 8, ip);
}

export const ipText = (ip: Ip): string => (typeof ip === "string" ? ip : formatIp(ipBytes(ip)));

export const familyOf = (ip: Ip): number => (typeof ip === "number" ? AF_INET : AF_INET6);

/** Whether the address is one of the machine's own loopback. */
export const isLoopback = (ip: Ip): boolean => (typeof ip === "number" ? ip >>> 24 === 127 : ip === "::1");

export const isAny = (ip: Ip): boolean => ip === ANY4 || ip === ANY6;

export function macOf(argument: string, text: unknown): Mac {
  return macAt(parseMac(argument, text), 0);
}

export function macAt(bytes: Uint8Array, at: number): Mac {
  let mac = 0;
  for (let i = 0; i < 6; i++) mac = mac * 256 + bytes[at + i]!;
  return mac;
}

export function putMac(bytes: Uint8Array, at: number, mac: Mac): void {
  const high = Math.floor(mac / 2 ** 32);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  bytes[at + 2] = mac >>> 24;
  bytes[at + 3] = mac >>> 16;
  bytes[at + 4] = mac >>> 8;
  bytes[at + 5] = mac;
}

export function macText(mac: Mac): string {
  const bytes = new Uint8Array(6);
  putMac(bytes, 0, mac);
  return formatMac(bytes);
}

/** Network and length of a prefix such as `10.0.0.0/8`, as a test of membership. */
export interface Prefix {
  readonly ip: Ip;
  readonly bits: number;
  readonly text: string;
  readonly bytes: Uint8Array;
}

export function prefixOf(ip: Ip, bits: number): Prefix {
  return { ip, bits, text: `${ipText(ip)}/${bits}`, bytes: ipBytes(ip) };
}

export function inPrefix(prefix: Prefix, ip: Ip): boolean {
  if (typeof ip !== typeof prefix.ip) return false;
  if (prefix.bits === 0) return true;
  if (typeof ip === "number") return (ip ^ (prefix.ip as number)) >>> (32 - prefix.bits) === 0;
  const bytes = ipBytes(ip);
  for (let bit = 0; bit < prefix.bits; bit += 8) {
    const mask = prefix.bits - bit >= 8 ? 0xff : (0xff00 >> (prefix.bits - bit)) & 0xff;
    if (((bytes[bit >> 3]! ^ prefix.bytes[bit >> 3]!) & mask) !== 0) return false;
  }
  return true;
}
