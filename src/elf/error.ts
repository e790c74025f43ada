/** Where in an object file something is wrong. */
export interface ElfFault {
  /** Name of the section, `"ELF header"` or `"section headers"`. */
  readonly section: string;
  /** Bytes from the start of the file for the headers, else from the start of the section. */
  readonly offset: number;
}

/**
 * An object file that cannot be read, or that says something no BPF loader understands. Nothing of it is kept.
 *
 * @example
 * try { openObject(new Uint8Array(64)); } catch (error) { error.message; } // "ELF header at offset 0: this is no ELF file"
 */
export class ElfError extends Error {
  readonly code = "ELF";
  /** In libbpf's words where it has words for it. */
  readonly reason: string;
  readonly section: string;
  readonly offset: number;

  constructor(reason: string, { section, offset }: ElfFault) {
    super(`${section} at offset ${offset}: ${reason}`);
    this.name = "ElfError";
    this.reason = reason;
    this.section = section;
    this.offset = offset;
  }
}
