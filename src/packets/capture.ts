/** What files of captured packets hold, whatever their format. */
import type { Packet } from "./packet.ts";

/** One packet as it was captured. */
export interface CapturedPacket {
  readonly packet: Packet;
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  /** Bytes that the packet had; more than `packet.length` where only its beginning was kept. */
  readonly originalLength: number;
}

/** A file that is no capture, or a broken one. Nothing of it was read. */
export class CaptureError extends Error {
  readonly code = "EINVAL";
  /** Byte of the file where it goes wrong. */
  readonly offset: number;

  constructor(offset: number, problem: string, hint: string) {
    super(`capture file, byte ${offset}: ${problem}. ${hint}`);
    this.name = "CaptureError";
    this.offset = offset;
  }
}

/** `LINKTYPE_ETHERNET`. */
export const ETHERNET_LINK = 1;

/** The longest packet that libpcap takes, and so do we: longer ones are a broken file. */
export const LONGEST_PACKET = 262_144;

export const cutShort = (offset: number): CaptureError =>
  new CaptureError(offset, "the file ends within a packet", "Copy the whole file, or capture again.");

export function requireEthernet(offset: number, linkType: number): void {
  if (linkType === ETHERNET_LINK) return;
  throw new CaptureError(
    offset,
    `link type ${linkType} is not Ethernet (${ETHERNET_LINK})`,
    "Capture on an Ethernet device, not on `any`.",
  );
}
