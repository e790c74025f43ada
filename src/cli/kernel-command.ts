import { join } from "node:path";
import { kernelCommand as run } from "../../kernel/command.ts";
import { PACKAGE_ENTRY, PACKAGE_ROOT, packageVersion, TRANSLATORS } from "./package.ts";

/** `bpfbook kernel ...`: the kernel's own command, told where this package lies. */
export const kernelCommand = (args: readonly string[]): Promise<number> =>
  run(args, {
    launcher: join(PACKAGE_ROOT, "bin", "bpfbook.js"),
    bpfbookEntry: PACKAGE_ENTRY,
    translators: TRANSLATORS,
    version: packageVersion(),
  });
