import { spawn } from "node:child_process";

/** A set-up step that cannot go on: one line that says what is wrong and what to do. */
export class SetupError extends Error {
  name = "SetupError";
}

const began = Date.now();

/** Prints one progress line, with the seconds since the command began. */
export function progress(text) {
  const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds} s  ${text}\n`);
}

/**
 * Runs a command. Its output is kept and shown only when it fails, unless `show` is set.
 * Resolves to the exit code; a command that does not exist gives 127.
 */
export function run(command, args, { show = false, cwd, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", (error) => resolve({ code: 127, output: String(error.message) }));
    child.on("close", (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
  });
}

/** Runs the body of a command and turns a `SetupError` into one line on stderr and exit code 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`bpfbook: ${error.message}\n`);
    process.exitCode = 1;
  }
}
