import type { Source } from "../../bpftrace/diagnostics.ts";
import type { Listener } from "../../bpftrace/output/transcript.ts";
import type { BpftraceOptions } from "../../bpftrace/run/options.ts";
import { Session } from "../../bpftrace/run/session.ts";
import { machineBtf } from "../../btf/data/machine.ts";
import type { Machine } from "../../machine.ts";
import { verify } from "../../verifier/verify.ts";
import { wholeNumber } from "../flags.ts";
import { readFile } from "../input.ts";
import { makeMachine, startCommand } from "./machine.ts";
import type { Given } from "./options.ts";
import { benchText, testText } from "./trial.ts";

/** How long the machine runs where nothing is said. */
const USUAL = "10s";

/** Runs a program until it ends, the time is over or somebody presses Ctrl-C; gives the exit code. */
export async function runProgram(
  values: Given["values"],
  source: Source,
  options: BpftraceOptions,
  write: Listener,
): Promise<number> {
  const machine = makeMachine(values);
  const child = startCommand(machine, values.command);
  const pid = wholeNumber("pid", values.pid, 1, 2 ** 22);
  const replay = values.replay === undefined ? undefined : readFile(values.replay);
  const session = new Session(machine, source, {
    ...options,
    format: values.format === "json" ? "json" : "text",
    release: values.style === "0.17" ? "0.17" : "0.26",
    banner: values.quiet === undefined,
    warnings: values.noWarnings === undefined,
    listener: write,
    ...(pid !== undefined && { pid }),
    ...(child !== undefined && { child }),
  });
  const interrupt = () => session.interrupt();
  process.once("SIGINT", interrupt);
  const signal = () => session.signal();
  process.on("SIGUSR1", signal);
  try {
    if (values.verbose !== undefined) write("out", verifierText(session, machine));
    if (values.dryRun !== undefined) return 0;
    if (values.test !== undefined || values.bench !== undefined) {
      const json = values.format === "json";
      if (values.test !== undefined) return testText(session, json, write);
      return benchText(session, json, write);
    }
    session.attach();
    const { linux } = machine;
    await session.run(() => (replay === undefined ? linux.run(values.for ?? USUAL) : linux.replay(replay)));
    session.finish();
    return session.exitCode;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGUSR1", signal);
    session.close();
  }
}

/** Level of the verifier's log: statistics alone. */
const STATISTICS = 4;

/** `-v`: what the verifier says of each program. */
function verifierText({ programs }: Session, { linux }: Machine): string {
  const kernel = machineBtf(linux.release);
  const texts = programs.map(({ probe, program }) => {
    const { log } = verify(program.spec, { kernel, logLevel: STATISTICS });
    return `\nProgram ID: ${program.id}\n${probe.name}\n\nThe verifier log: \n${log}\n`;
  });
  return texts.join("");
}
