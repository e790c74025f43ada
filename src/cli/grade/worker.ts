import { availableParallelism } from "node:os";
import { GradingWorker, redisTarget } from "../../grade/queue/index.ts";
import { readFlags, wholeNumber } from "../flags.ts";
import { print } from "../output.ts";
import { packageVersion } from "../package.ts";
import { UsageError } from "../usage.ts";
import { secretPath } from "./files.ts";
import { BAD_INPUT } from "./plan.ts";

/** `bpfbook grade worker`: grades what is in a queue until it is asked to end, then ends what it has in hand; a second time, at once. */
export async function gradeWorker(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ redis: "string", secret: "string", jobs: "string", seconds: "string", lock: "string" } as const),
  });
  if (words.length > 0 || flags.redis === undefined) throw new UsageError("grade worker --redis URL [--secret FILE]");
  const target = redisTarget(flags.redis);
  const jobs = wholeNumber("jobs", flags.jobs, 1, 256) ?? availableParallelism();
  const worker = new GradingWorker(target, {
    ...{ secret: secretPath(flags.secret), tool: `bpfbook ${packageVersion()}`, jobs },
    seconds: wholeNumber("seconds", flags.seconds, 1, 86_400) ?? 600,
    lock: wholeNumber("lock", flags.lock, 1, 3600) ?? 30,
    onFailure: (submission, reason) =>
      process.stderr.write(`${submission?.student ?? "?"} ${submission?.assignment ?? ""}: ${reason.split("\n")[0]}\n`),
  });
  let asked = 0;
  const onSignal = (): void => {
    if (++asked > 1) process.exit(1);
    void worker.stop();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, onSignal);
  await print(`${jobs} graders for ${target.shown}\n`);
  try {
    await worker.ended;
    return 0;
  } catch (error) {
    process.stderr.write(`bpfbook grade: ${(error as Error).message}\n`);
    return BAD_INPUT;
  }
}
