import { realpathSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { installKernelspec } from "../../../kernel/install/kernelspec.ts";
import { InstallError, type InstallTarget } from "../../../kernel/install/locations.ts";
import { GRADING_KERNEL } from "../../grade/nbgrader/config.ts";
import { confinement } from "../../grade/sandbox/confinement.ts";
import { readFlags } from "../flags.ts";
import { readFile } from "../input.ts";
import { print } from "../output.ts";
import { PACKAGE_ENTRY, PACKAGE_ROOT, packageVersion } from "../package.ts";
import { UsageError } from "../usage.ts";

/** The module that the grading kernel's parent loads: of the sources or of the built package. */
export const EXTENSION: string = join(
  dirname(PACKAGE_ENTRY),
  ...["grade", "nbgrader", `kernel-extension${extname(PACKAGE_ENTRY)}`],
);

/** `bpfbook grade kernel`: installs the kernel that an nbgrader course is graded with. */
export async function gradeKernel(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...({ secret: "string", prefix: "string", user: "boolean", "sys-prefix": "boolean" } as const),
  });
  if (words.length > 0 || flags.secret === undefined)
    throw new UsageError("grade kernel --secret FILE [--user|--prefix DIR]");
  readFile(flags.secret);
  const target: InstallTarget =
    flags.prefix !== undefined
      ? { kind: "prefix", path: flags.prefix }
      : { kind: flags["sys-prefix"] === true ? "sys-prefix" : "user" };
  const more = ["--secret", realpathSync(flags.secret), "--tool", `bpfbook ${packageVersion()}`];
  try {
    const folder = installKernelspec(target, {
      node: process.execPath,
      launcher: join(PACKAGE_ROOT, "bin", "bpfbook.js"),
      name: GRADING_KERNEL,
      displayName: "TypeScript (bpfbook, grading)",
      extension: { path: EXTENSION, args: more },
    });
    await print(`Installed the grading kernel in ${folder}\n${sandboxText()}`);
    return 0;
  } catch (error) {
    if (error instanceof InstallError) throw new UsageError(error.message);
    throw error;
  }
}

/** What students' code is kept from here, a line each. */
export const sandboxText = (): string =>
  confinement()
    .held.map(({ what, by, weaker }) => `  ${what}: ${by}${weaker === undefined ? "" : ` (WEAKER: ${weaker})`}\n`)
    .join("");
