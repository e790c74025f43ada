import { readSync } from "node:fs";
import { Readable } from "node:stream";
import { currentRun } from "./cell-run.ts";
import { FrameReader } from "./frames.ts";
import { FD, type FromChild, type InputAnswer } from "./messages.ts";
import { CellInterrupted, nodeTimers } from "./timers.ts";

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

/** Makes the `confirm` function of cells: asks until the answer is yes or no; empty is no, as in browsers. */
export function createConfirm(prompt: (message?: string) => string): (message?: string) => boolean {
  return (message = "Are you sure?") => {
    for (;;) {
      const answer = prompt(`${message} [y/N] `).trim().toLowerCase();
      if (/^y(es)?$/.test(answer)) return true;
      if (/^(no?)?$/.test(answer)) return false;
    }
  };
}

/**
 * `process.stdin` of cells: each read asks the user for a line, so that `node:readline` works. It ends where nobody can answer.
 * A read blocks the process as `prompt` does, for there is no other way to wait within the cell that asks.
 */
export function createStdin(prompt: (message?: string) => string): Readable {
  const stdin = new Readable({
    highWaterMark: 1,
    read() {
      // Later, so that whoever has just got his line can close his reader: nobody is to be asked for a line that nobody wants.
      nodeTimers.setImmediate(() => (stdin.isPaused() ? stdin.once("resume", ask) : ask()));
    },
  });
  const ask = (): void => {
    try {
      stdin.push(`${prompt()}\n`);
    } catch (error) {
      if (error instanceof InputRefusedError) stdin.push(null);
      else stdin.destroy(error as Error);
    }
  };
  return stdin;
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
