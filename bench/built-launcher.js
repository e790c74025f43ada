// Starts the kernel of dist/, as bin/bpfbook.js does in an installed package: main.js and connection file are its arguments.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

module.enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "bpfbook", "compile"));
process.removeAllListeners("warning");
const { main } = await import(pathToFileURL(process.argv[2]).href);
process.exitCode = await main(["kernel", "start", process.argv[3]]);
