import { createHmac, timingSafeEqual } from "node:crypto";

/** Why a message is not taken: it was not made with the key, or it was seen before. */
export type SignatureFault = "forged" | "replayed";

/** Signatures remembered, as in jupyter_client; a tenth is forgotten when there are more. */
const REMEMBERED = 65536;

/**
 * Signs and verifies the four JSON frames of a message (header, parent header, metadata, content) by HMAC.
 * With an empty key signatures are empty and everything is accepted, as the protocol has it.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 * @example
 * ```ts
 * const signer = new Signer("secret");
 * signer.verify(frames, signer.sign(frames)); // undefined: good
 * ```
 */
export class Signer {
  readonly #key: string;
  readonly #hash: string;
  readonly #seen = new Set<string>();

  constructor(key: string, hash = "sha256") {
    this.#key = key;
    this.#hash = hash;
    createHmac(hash, "probe"); // an unknown hash fails here, not at the first message
  }

  /** The signature as lower-case hex. */
  sign(frames: readonly Buffer[]): string {
    if (this.#key === "") return "";
    const hmac = createHmac(this.#hash, this.#key);
    for (const frame of frames) hmac.update(frame);
    return hmac.digest("hex");
  }

  /** What is wrong with a received signature, in time that does not depend on where it differs; undefined if it is good. */
  verify(frames: readonly Buffer[], signature: string): SignatureFault | undefined {
    if (this.#key === "") return undefined;
    const expected = Buffer.from(this.sign(frames), "latin1");
    const received = Buffer.from(signature, "latin1");
    if (expected.length !== received.length || !timingSafeEqual(expected, received)) return "forged";
    if (this.#seen.has(signature)) return "replayed";
    this.#remember(signature);
    return undefined;
  }

  #remember(signature: string): void {
    this.#seen.add(signature);
    if (this.#seen.size <= REMEMBERED) return;
    // A Set iterates in insertion order, so these are the oldest.
    let surplus = REMEMBERED / 10;
    for (const old of this.#seen) {
      if (surplus-- <= 0) break;
      this.#seen.delete(old);
    }
  }
}
