import type { Linux } from "../linux.ts";
import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from "../open.ts";
import { Random } from "../random.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/sbin/webserver";
const LOG = "/var/log/webserver/access.log";

/** How busy the server is and what it serves. */
export interface WebServerOptions {
  readonly port: number;
  /** Worker processes. */
  readonly workers: number;
  /** Requests a second, at random times. */
  readonly rate: number;
  /** Files under /var/www, from small icons to big pictures. */
  readonly files: number;
  /** Bytes of the median file. */
  readonly size: number;
}

const PARAMETERS: ParameterTable<WebServerOptions> = {
  port: { usual: 80, most: 65_535, whole: true },
  workers: { usual: 4, most: 1_000, whole: true },
  rate: { usual: 2_000, most: 100_000 },
  files: { usual: 400, most: 100_000, whole: true },
  size: { usual: 12_000, most: 100_000_000 },
};

/**
 * A web server with several workers, and clients that ask it for files: accept, read the request, open, read and send
 * the file, write the log. Popular files come from the page cache, others from the disk.
 */
export function webServer(options: Partial<WebServerOptions> = {}): ConfiguredWorkload<WebServerOptions> {
  const all = withDefaults("webServer", PARAMETERS, options);
  const { port, workers, rate, files, size } = all;
  return new ConfiguredWorkload("webServer", all, (linux) => {
    const paths = makeSite(linux, files, size);
    startClients(linux, port, rate);
    return linux.process({ comm: "webserver", uid: 0, program: (sys) => master(sys, port, workers, paths) });
  });
}

/** Sizes spread like those of real sites: many small files, a few that are megabytes. */
function makeSite(linux: Linux, count: number, median: number): readonly string[] {
  linux.files.mkdir("/var/log/webserver");
  const paths = Array.from({ length: count }, (_, i) => `/var/www/html/page${i}.html`);
  for (const path of paths) linux.files.create(path, linux.random32.lognormal(median, 1.4));
  return paths;
}

/** Clients come independently of each other, whether the server keeps up or not. */
function startClients(linux: Linux, port: number, rate: number): void {
  const random = new Random(linux.random32.u32(), port);
  const client = { received() {}, closed() {} };
  const next = (now: number) => {
    const time = now + 1 + random.exponential(1e9 / rate);
    linux.at(time, () => {
      linux.network.request(time, port, 120 + random.below(700), client);
      next(time);
    });
  };
  // The server has opened its port by then.
  next(linux.ktimeNs() + 5_000_000);
}

function* master(sys: Sys, port: number, workers: number, paths: readonly string[]): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  const listener = yield sys.socket();
  yield sys.bind(listener, port);
  yield sys.listen(listener, 511);
  for (let i = 0; i < workers; i++) yield sys.fork((child) => worker(child, listener, paths));
  while ((yield sys.wait()) > 0);
  sys.leave();
}

function* worker(sys: Sys, listener: number, paths: readonly string[]): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  sys.enter(sys.text(BINARY, "worker_loop"));
  const handle = sys.text(BINARY, "handle_connection");
  const log = yield sys.openat(LOG, O_WRONLY | O_CREAT | O_APPEND, 0o644);
  for (;;) {
    const connection = yield sys.accept(listener);
    sys.enter(handle);
    const ok = yield* parseRequest(sys, connection);
    if (ok) {
      // A few files are asked for most of the time.
      const popularity = sys.random.unit() ** 3;
      yield* serveFile(sys, connection, paths[Math.floor(popularity * paths.length)]!);
    }
    yield sys.write(log, 90 + sys.random.below(60));
    yield sys.close(connection);
    sys.leave();
  }
}

function* parseRequest(sys: Sys, connection: number): UserCode<boolean> {
  sys.enter(sys.text(BINARY, "parse_request"));
  const bytes = yield sys.read(connection, 4096);
  yield sys.compute(25_000 + 40 * Math.max(bytes, 0));
  sys.leave();
  return bytes > 0;
}

function* serveFile(sys: Sys, connection: number, path: string): UserCode<void> {
  sys.enter(sys.text(BINARY, "serve_file"));
  const file = yield sys.openat(path, O_RDONLY);
  if (file >= 0) {
    yield sys.write(connection, 230);
    for (let bytes = 1; bytes > 0; ) {
      bytes = yield sys.read(file, 32_768);
      if (bytes > 0) yield* sendChunk(sys, connection, bytes);
    }
    yield sys.close(file);
  }
  sys.leave();
}

function* sendChunk(sys: Sys, connection: number, bytes: number): UserCode<void> {
  sys.enter(sys.text(BINARY, "compress_chunk"));
  // Some 100 MB/s.
  yield sys.compute(5_000 + 10 * bytes);
  sys.leave();
  sys.enter(sys.text(BINARY, "send_chunk"));
  yield sys.write(connection, Math.ceil(bytes / 3));
  sys.leave();
}
