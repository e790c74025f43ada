/** A CO-RE relocation that cannot be applied, in libbpf's words. Nothing of the program is changed. */
export class CoreError extends Error {
  readonly code = "CORE";
  /** In libbpf's words. */
  readonly reason: string;
  /** Which relocation of the program. */
  readonly index: number;
  /** Instruction index in the program. */
  readonly insn: number;

  constructor(reason: string, index: number, insn: number) {
    super(`relo #${index} at insn #${insn}: ${reason}`);
    this.name = "CoreError";
    this.reason = reason;
    this.index = index;
    this.insn = insn;
  }
}

/** What the steps of a relocation throw; {@link CoreError} adds which relocation it is. */
export class CoreFault extends Error {}
