import { createRequire } from "node:module";
import type { JsonObject } from "../wire/message.ts";
import { PROTOCOL_VERSION } from "../wire/message.ts";

/** What cells are checked by: the installed package, as a range in ours would not say which. */
const { version: TYPESCRIPT } = createRequire(import.meta.url)("typescript/package.json") as { version: string };

/**
 * What notebooks store as `metadata.language_info`. JupyterLab writes it there whenever it connects to a kernel, and takes the
 * notebook for changed if it differs in anything: so nothing in it depends on the computer, and the version is the language's.
 */
export const LANGUAGE_INFO = {
  name: "typescript",
  version: TYPESCRIPT,
  mimetype: "text/typescript",
  file_extension: ".ts",
  pygments_lexer: "typescript",
  // A name: of `{ name: "javascript", typescript: true }` JupyterLab only sees the name, and colours types as errors.
  codemirror_mode: "typescript",
  nbconvert_exporter: "script",
} as const;

/** What this kernel is, in the words of `kernel_info_reply`. */
export function kernelInfo(version: string): JsonObject {
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "bpfbook",
    implementation_version: version,
    language_info: LANGUAGE_INFO,
    banner: `bpfbook ${version}: TypeScript ${TYPESCRIPT} on Node ${process.versions.node}`,
    debugger: true,
    supported_features: ["debugger", "kernel subshells"],
    help_links: [
      { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest-v24.x/api/" },
    ],
  };
}
