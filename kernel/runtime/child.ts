/** The process in which cells run. Started by `runtime.ts`, which describes the pipes; speaks `messages.ts`. */
import { startWorker } from "./worker-link.ts";

// The worker starts on another core while this thread loads the rest.
const link = startWorker();
const { serveCells } = await import("./cell-process.ts");
serveCells(link, JSON.parse(process.argv[2]!));
