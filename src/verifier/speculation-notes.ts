/** What the verifier notes of instructions for users without CAP_PERFMON, see speculation.ts. */

/** How a sum is masked. */
export interface Mask {
  readonly kind: string;
  readonly limit: number;
}

/** What a verification notes by instruction. */
export class Speculation {
  /** A barrier before it: mispredicted paths end here. */
  readonly barriers = new Set<number>();
  /** A barrier behind it: a store that the processor may overtake. */
  readonly barriersBehind = new Set<number>();
  readonly masks = new Map<number, Mask>();
  /** Some sum is masked by a number: then numbers that differ must be told apart, as the masks may. */
  comparesNumbers = false;
}
