import type { VerifierErrno } from "./verdict.ts";

/** One message that ends a verification. */
export interface MessageRow {
  /** Linux's words, with `%d`, `%s`, `%x` for the values. */
  readonly format: string;
  readonly errno: VerifierErrno;
  /** The cause in one plain sentence. */
  readonly cause: string;
  /** What usually mends it. */
  readonly mend: string;
  /** Which value is the number of the register that is at fault. */
  readonly register?: number;
}

/** Short form of a row; `register` is the index of the value that names the register at fault. */
export const row = (
  errno: VerifierErrno,
  format: string,
  cause: string,
  mend: string,
  register?: number,
): MessageRow => ({
  format,
  errno,
  cause,
  mend,
  ...(register === undefined ? {} : { register }),
});
