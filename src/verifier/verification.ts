import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { type Explanation, explain } from "./explain.ts";
import { MESSAGES } from "./messages.ts";
import type { Verdict } from "./verdict.ts";
import type { VerifyOptions } from "./verify.ts";
import { fillSentence } from "./words.ts";

/** A program and Linux's verdict on it. As the last value of a cell it shows the listing, or why it was refused. */
export class Verification implements Displayable {
  readonly program: ProgramSpec;
  readonly verdict: Verdict;
  readonly #options: VerifyOptions;
  #explanation: Explanation | undefined;

  /** `options`: what the verdict was asked with. */
  constructor(program: ProgramSpec, verdict: Verdict, options: VerifyOptions = {}) {
    this.program = program;
    this.verdict = verdict;
    this.#options = options;
  }

  get ok(): boolean {
    return this.verdict.ok;
  }

  /** Linux's last message where it was refused, or a sentence where Linux gives no more than an errno. */
  get message(): string | undefined {
    return this.ok ? undefined : refusalText(this.verdict);
  }

  /** What Linux's verifier writes, at the level that was asked for (`{ logLevel: 2 }`). */
  get log(): string {
    return this.verdict.log;
  }

  /** Why it was refused, for people; undefined where it was accepted. Found when first asked for. */
  get explanation(): Explanation | undefined {
    this.#explanation ??= explain(this.program, this.#options);
    return this.#explanation;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("verdict", this);
  }
}

/** Why a program was refused: Linux's last message, or a sentence where Linux gives no more than an errno. */
export function refusalText({ error, message, values = [] }: Verdict): string {
  if (error) return error;
  return message === undefined ? "refused" : fillSentence(MESSAGES[message].cause, values);
}

/**
 * Linux refused to load a program. `code` is the errno, `message` the last line of the verifier's log with the
 * instruction it is about. It shows itself as the verification does.
 */
export class VerifierError extends Error implements Displayable {
  readonly code: string;
  readonly verification: Verification;

  constructor(program: ProgramSpec, verdict: Verdict, options: VerifyOptions = {}) {
    const place = verdict.at === undefined ? "" : ` (instruction ${verdict.at}${lineOf(program, verdict.at)})`;
    super(`${program.name}: ${refusalText(verdict)}${place}`);
    this.name = "VerifierError";
    this.code = verdict.errno ?? "EINVAL";
    this.verification = new Verification(program, verdict, options);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return this.verification[DISPLAY]();
  }
}

function lineOf(program: ProgramSpec, at: number): string {
  const line = program.lines?.[at];
  return line === undefined ? "" : `, line ${line.line}: ${line.text.trim()}`;
}
