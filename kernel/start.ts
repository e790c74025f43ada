/** Starts the kernel from the sources: `node kernel/start.ts CONNECTION_FILE`. The package's own launcher is `bin/`. */
import { readFileSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// As the launcher does, and in the same place: what is compiled once is read by kernel and child at every start.
module.enableCompileCache(join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "bpfbook", "compile"));
const { startKernel } = await import("./main.ts");

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
await startKernel({
  connectionFile: process.argv[2]!,
  bpfbookEntry: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
  translators: { o: fileURLToPath(new URL("../src/loader/object/object-import.ts", import.meta.url)) },
  version,
});
