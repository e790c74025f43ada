import { logRotation } from "./log-rotation.ts";
import { WorkloadError } from "./options.ts";
import { readFiles } from "./read-files.ts";
import { type WebServerOptions, webServer } from "./web-server.ts";
import { ConfiguredWorkload, type Workload } from "./workload.ts";

/** All of them at once: a small server on a working day. */
function mixed(options: Partial<WebServerOptions> = {}): ConfiguredWorkload<WebServerOptions> {
  const server = webServer({ rate: 300, ...options });
  return new ConfiguredWorkload("mixed", server.options, (linux) => {
    const first = server.start(linux);
    readFiles().start(linux);
    logRotation().start(linux);
    return first;
  });
}

/**
 * What a machine can be given to do. Tasks of a workload only make system calls; everything that programs observe
 * follows from what Linux does with them.
 *
 * @example
 * linux.spawn(workloads.webServer({ rate: 2000 }));
 */
export const workloads = { webServer, readFiles, logRotation, mixed } as const;

/**
 * A workload by its name, with its usual parameters; throws `WorkloadError`.
 *
 * @example
 * linux.spawn(workloadNamed("mixed"));
 */
export function workloadNamed(name: string): Workload {
  const known = Object.keys(workloads);
  if (!Object.hasOwn(workloads, name)) throw new WorkloadError(`no such workload: "${name}"`, name, known);
  return workloads[name as keyof typeof workloads]();
}

export { WorkloadError } from "./options.ts";
export type { Workload } from "./workload.ts";
