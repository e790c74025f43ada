/** What one `write` gave to a socket of the family AF_UNIX: a `struct sk_buff` without headers. */
export class UnixSkb {
  readonly data: Uint8Array;
  /** Bytes that a reader has taken already. */
  consumed = 0;
  constructor(data: Uint8Array) {
    this.data = data;
  }
}
