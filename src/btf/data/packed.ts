/** A BTF as it ships: a TypeScript module of text loads in Node, in `dist/`, in bundles and in browsers alike. */
export interface PackedBtf {
  /** The kernel that it was read from. */
  readonly source: string;
  /** Bytes of the BTF. */
  readonly size: number;
  /** Base64 of its raw DEFLATE data (RFC 1951). */
  readonly data: string;
}
