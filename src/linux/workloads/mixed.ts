import type { Linux } from "../linux.ts";
import type { Task } from "../task.ts";
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
import { packageInstall } from "./package-install.ts";
import { portScan } from "./port-scan.ts";
import { readFiles } from "./read-files.ts";
import { shellSession } from "./shell-session.ts";
import { slowDisk } from "./slow-disk.ts";
import { synFlood } from "./syn-flood.ts";
import { tlsClient } from "./tls-client.ts";
import { videoStream } from "./video-stream.ts";
import { type WebServerOptions, webServer } from "./web-server.ts";
import { ConfiguredWorkload, type Workload } from "./workload.ts";

/** What comes on top of the server, at rates at which none of them hides the others. */
const OTHERS: readonly (() => Workload)[] = [
  () => readFiles(),
  () => logRotation(),
  () => database({ clients: 4, rate: 60, size: 20_000_000 }),
  () => build({ jobs: 2, files: 4, headers: 12, compute: 4, pause: 400 }),
  () => shellSession({ pause: 120 }),
  () => cron({ every: 400 }),
  () => packageInstall({ files: 6, pause: 700 }),
  () => backup({ files: 6, size: 100_000, pause: 600 }),
  () => videoStream({ viewers: 1, mbit: 1 }),
  () => memoryHog({ rate: 60, step: 1 }),
  () => slowDisk({ readers: 1, factor: 2 }),
  () => dnsTrouble({ every: 150 }),
  () => lossyNetwork({ loss: 0.01, latency: 1, size: 100_000, pause: 200 }),
  () => synFlood({ rate: 40 }),
  () => portScan({ rate: 30 }),
  () => cryptoMiner({ threads: 1, after: 1_500, share: 20 }),
  () => leak({ rate: 40 }),
  () => lockContention({ threads: 3, held: 200, free: 4_000 }),
  () => containers({ rate: 20, job: 2 }),
  () => tlsClient({ pause: 250 }),
];

/**
 * All of them at once: a busy machine on a bad day. Something happens at every hook that the tools of bpftrace and bcc look
 * at, within some virtual seconds (`test/machine/mixed.test.ts` tells at which not, and why). `rate` and the other
 * parameters are those of its web server. With little RAM (`new Machine({ ram: 256 * 2 ** 20 })`) it runs out of memory.
 */
export function mixed(options: Partial<WebServerOptions> = {}): ConfiguredWorkload<WebServerOptions> {
  const server = webServer({ rate: 300, ...options });
  return new ConfiguredWorkload("mixed", server.options, (linux: Linux): Task => {
    const first = server.start(linux);
    for (const other of OTHERS) other().start(linux);
    return first;
  });
}
