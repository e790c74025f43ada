/** Wrong words on the command line or in an input file: one line on stderr, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE";
}
