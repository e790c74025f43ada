import { readSync } from "node:fs";
import { currentRun } from "./cell-run.ts";
import { FrameReader } from "./frames.ts";
import { FD, type FromChild, type InputAnswer } from "./messages.ts";
import { CellInterrupted } from "./timers.ts";

/** `prompt` was called where nobody can answer: nbconvert, a grader, a front end without input. */
export class InputRefusedError extends Error {
  override readonly name = "InputRefusedError";
  readonly code = "input-refused";
  constructor() {
    super("this front end does not take input; give the cell its value in the code instead");
  }
}

const answers = new FrameReader<InputAnswer>();

/**
 * Makes the `prompt` function of cells: asks the user for a line and blocks until it is there, as in browsers.
 *
 * @throws InputRefusedError, CellInterrupted
 */
export function createPrompt(emit: (message: FromChild) => void): (message?: string) => string {
  return (message = "") => {
    emit({ type: "input", cell: currentRun().cell, prompt: String(message), password: false });
    const answer = readAnswer();
    if (answer.type === "interrupted") throw new CellInterrupted();
    if (answer.type === "refused") throw new InputRefusedError();
    return answer.text;
  };
}

function readAnswer(): InputAnswer {
  const bytes = Buffer.alloc(4096);
  for (;;) {
    const size = readSync(FD.input, bytes, 0, bytes.length, null);
    if (size === 0) return { type: "refused" };
    const [answer] = answers.read(Buffer.from(bytes.subarray(0, size)));
    if (answer) return answer;
  }
}
