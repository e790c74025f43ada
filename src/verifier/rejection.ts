import { MESSAGES, type MessageName, type MessageValue } from "./messages.ts";
import type { VerifierErrno } from "./verdict.ts";
import { fillMessage } from "./words.ts";

/** Ends a verification. `verify` turns it into a verdict; nobody outside the verifier sees one. */
export class Rejection extends Error {
  readonly code: VerifierErrno;
  readonly row: MessageName;
  readonly values: readonly MessageValue[];

  constructor(row: MessageName, values: readonly MessageValue[], code: VerifierErrno = MESSAGES[row].errno) {
    super(fillMessage(MESSAGES[row].format, values));
    this.name = "Rejection";
    this.code = code;
    this.row = row;
    this.values = values;
  }
}

/** Refuses the program with a message of the catalogue. */
export function reject(row: MessageName, ...values: MessageValue[]): never {
  throw new Rejection(row, values);
}
