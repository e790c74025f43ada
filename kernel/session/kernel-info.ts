import type { JsonObject } from "../wire/message.ts";
import { PROTOCOL_VERSION } from "../wire/message.ts";

/** What this kernel is, in the words of `kernel_info_reply`. */
export function kernelInfo(version: string): JsonObject {
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "bpfbook",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: process.versions.node,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    },
    banner: `bpfbook ${version}: TypeScript on Node ${process.versions.node}`,
    debugger: false,
    supported_features: [],
    help_links: [
      { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest-v24.x/api/" },
    ],
  };
}
