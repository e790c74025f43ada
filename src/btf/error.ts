/** The part of a BTF in which something is wrong. */
export type BtfSection = "header" | "types" | "strings";

/** Where and what. */
export interface BtfFault {
  readonly section: BtfSection;
  /** Bytes from the start of the BTF. */
  readonly offset: number;
  /** The type that it is about, where it is about one. */
  readonly typeId?: number;
}

/**
 * A BTF that cannot be read, or that does not say what it was asked for. Nothing of it is kept.
 *
 * @example
 * try { parseBtf(new Uint8Array(24)); } catch (error) { error.reason; } // "Invalid magic"
 */
export class BtfError extends Error {
  readonly code = "BTF";
  /** In Linux's words where its check of BTF has words for it. */
  readonly reason: string;
  readonly section: BtfSection;
  readonly offset: number;
  readonly typeId: number | undefined;

  constructor(reason: string, { section, offset, typeId }: BtfFault) {
    const where = typeId === undefined ? `${section}` : `type [${typeId}]`;
    super(`BTF: ${where} at offset ${offset}: ${reason}`);
    this.name = "BtfError";
    this.reason = reason;
    this.section = section;
    this.offset = offset;
    this.typeId = typeId;
  }
}
