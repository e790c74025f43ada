/** Checksums of Internet headers (RFC 1071) over bytes. */

/** The one's-complement sum of 16-bit words in network order, added to `start`, not inverted. */
export function internetSum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += (bytes[at] << 8) | bytes[at + 1];
  if (bytes.length & 1) sum += bytes[bytes.length - 1] << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return sum;
}

/**
 * What the checksum field of a header must hold: the inverted sum, 0 to 0xffff. Over bytes that hold their right checksum
 * it is 0.
 *
 * @example internetChecksum(Uint8Array.of(0x45, 0x00)) // 0xbaff
 */
export const internetChecksum = (bytes: Uint8Array, start = 0): number => ~internetSum(bytes, start) & 0xffff;

/** The sum over the pseudo header that TCP, UDP and ICMPv6 count in: addresses, length, protocol. */
export function pseudoHeaderSum(saddr: Uint8Array, daddr: Uint8Array, protocol: number, length: number): number {
  return internetSum(daddr, internetSum(saddr, protocol + (length & 0xffff) + Math.floor(length / 0x1_0000)));
}
