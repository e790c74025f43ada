import { backup } from "./backup.ts";
import { build } from "./build.ts";
import { containers } from "./containers.ts";
import { cron } from "./cron.ts";
import { cryptoMiner } from "./crypto-miner.ts";
import { database } from "./database.ts";
import { dnsTrouble } from "./dns-trouble.ts";
import { leak } from "./leak.ts";
import { lockContention } from "./lock-contention.ts";
import { logRotation } from "./log-rotation.ts";
import { lossyNetwork } from "./lossy-network.ts";
import { memoryHog } from "./memory-hog.ts";
import { mixed } from "./mixed.ts";
import { WorkloadError } from "./options.ts";
import { packageInstall } from "./package-install.ts";
import { portScan } from "./port-scan.ts";
import { readFiles } from "./read-files.ts";
import { shellSession } from "./shell-session.ts";
import { slowDisk } from "./slow-disk.ts";
import { synFlood } from "./syn-flood.ts";
import { tlsClient } from "./tls-client.ts";
import { videoStream } from "./video-stream.ts";
import { webServer } from "./web-server.ts";
import type { Workload } from "./workload.ts";

/**
 * What a machine can be given to do. Tasks of a workload only make system calls; everything that programs observe
 * follows from what Linux does with them.
 *
 * @example
 * linux.spawn(workloads.webServer({ rate: 2000 }));
 */
export const workloads = {
  webServer,
  readFiles,
  logRotation,
  backup,
  build,
  containers,
  cron,
  cryptoMiner,
  database,
  dnsTrouble,
  leak,
  lockContention,
  lossyNetwork,
  memoryHog,
  packageInstall,
  portScan,
  shellSession,
  slowDisk,
  synFlood,
  tlsClient,
  videoStream,
  mixed,
} as const;

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
