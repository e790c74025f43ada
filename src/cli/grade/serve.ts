import { GradingServer, redisTarget } from "../../grade/queue/index.ts";
import { readFlags, wholeNumber } from "../flags.ts";
import { print } from "../output.ts";
import { UsageError } from "../usage.ts";
import { readToken } from "./token.ts";

/** `bpfbook grade serve`: takes submissions over HTTP until it is asked to end. */
export async function gradeServe(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ redis: "string", host: "string", port: "string", "token-file": "string" } as const),
    ...({ "per-minute": "string", most: "string" } as const),
  });
  if (words.length > 0 || flags.redis === undefined) throw new UsageError("grade serve --redis URL --token-file FILE");
  const server = new GradingServer(redisTarget(flags.redis), {
    host: flags.host ?? "127.0.0.1",
    port: wholeNumber("port", flags.port, 0, 65_535) ?? 8917,
    token: readToken(flags["token-file"]),
    perMinute: wholeNumber("per-minute", flags["per-minute"], 1, 100_000) ?? 10,
    most: wholeNumber("most", flags.most, 1, 10_000_000) ?? 100_000,
  });
  const asked = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => asked.resolve());
  try {
    const { address, port, family } = await server.listen();
    await print(`listening on http://${family === "IPv6" ? `[${address}]` : address}:${port}/\n`);
  } catch (error) {
    const { code = "EIO" } = error as NodeJS.ErrnoException;
    await server.stop();
    throw new UsageError(code === "EADDRINUSE" ? "the port is taken: --port N" : `cannot listen there: ${code}`);
  }
  await asked.promise;
  await server.stop();
  return 0;
}
