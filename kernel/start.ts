/** Starts the kernel from the sources: `node kernel/start.ts CONNECTION_FILE`. The package's own launcher is `bin/`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startKernel } from "./main.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
await startKernel({
  connectionFile: process.argv[2]!,
  bpfbookEntry: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
  version,
});
