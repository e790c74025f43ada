import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isObject } from "../../isa/argument.ts";
import { LIMITS } from "../submission/artefact.ts";
import { readJson } from "../submission/json.ts";
import { admit, KEY, QUEUE_NOTEBOOK } from "./admit.ts";
import { dashboard } from "./dashboard.ts";
import { GradingQueue, PRIORITIES, type Priority, type Whereabouts } from "./grading-queue.ts";
import { answer, answerError, credentialsOf, HttpError, readBody, sameSecret } from "./http.ts";
import type { RedisTarget } from "./redis/redis-url.ts";
import { type QueueStatus, queueStatus, waitingOf } from "./status.ts";

/** How a server serves. */
export interface GradingServerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What who asks must know. */
  readonly token: string;
  /** New submissions of one student in a minute. */
  readonly perMinute: number;
  /** Submissions that may wait; then the server asks to come back later. */
  readonly most: number;
}

/** Keys that may be asked for at once, bodies that are read at once, seconds for which a status is good. */
const LOOKUP = 200;
const BODIES = 32;
const STATUS_SECONDS = 1;
const SAMPLES = { every: 5000, kept: 240 } as const;
/** Milliseconds that Redis may take over an answer. */
const PATIENCE = 5000;

/**
 * Takes submissions over HTTP and says what became of them:
 *
 * | | |
 * |---|---|
 * | `POST /submissions` | a submission, or a notebook with `?student=&assignment=`; `?priority=`. 202 it waits, 200 with its result, 413, 422, 429, 503 |
 * | `POST /find` | `{ "keys": [...] }`: where they are, a line each |
 * | `GET /results` | all results, a line each |
 * | `GET /status` | `QueueStatus` |
 * | `GET /` | the same for people |
 * | `GET /healthz` | 200 where Redis answers; needs no token |
 *
 * A submission that was answered with 200 or 202 is in Redis. Sending one again is harmless.
 *
 * @example
 * const server = new GradingServer(redisTarget(url), { host: "127.0.0.1", port: 0, token, perMinute: 30, most: 100_000 });
 * const { port } = await server.listen();
 */
export class GradingServer {
  readonly #queue: GradingQueue;
  readonly #options: GradingServerOptions;
  readonly #server: Server;
  readonly #samples: QueueStatus[] = [];
  #timer: NodeJS.Timeout | undefined;
  #status: { readonly until: number; readonly value: Promise<QueueStatus> } | undefined;
  #bodies = 0;

  constructor(target: RedisTarget, options: GradingServerOptions) {
    this.#queue = new GradingQueue(target);
    this.#options = options;
    this.#server = createServer(
      { maxHeaderSize: 8192, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 10_000 },
      (request, response) => {
        this.#handle(request, response).catch((error: unknown) => answerError(response, error));
      },
    );
    this.#server.maxConnections = 1000;
  }

  /** Starts to listen. Rejects where the port is taken. */
  listen(): Promise<AddressInfo> {
    const { host, port } = this.#options;
    this.#timer = setInterval(() => void this.#sample(), SAMPLES.every);
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => resolve(this.#server.address() as AddressInfo));
    });
  }

  /** Ends requests that are under way, and leaves. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await closed;
    await this.#queue[Symbol.asyncDispose]();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? "", "http://here");
    const route = `${request.method} ${url?.pathname}`;
    if (url === null) throw new HttpError(400, "that is no address");
    if (route === "GET /healthz") {
      await this.#soon(this.#queue.redis.send("PING", []));
      return answer(response, 200, '{"ok":true}\n');
    }
    this.#authorise(request);
    switch (route) {
      case "POST /submissions":
        return this.#submit(request, response, url.searchParams);
      case "POST /find":
        return this.#find(request, response);
      case "GET /results":
        return this.#results(response);
      case "GET /status":
        return answer(response, 200, `${JSON.stringify(await this.#now())}\n`);
      case "GET /":
        return answer(response, 200, dashboard(await this.#now(), this.#samples), { type: "text/html" });
      default:
        throw new HttpError(404, "POST /submissions, POST /find, GET /results, GET /status, GET /");
    }
  }

  /** A browser keeps a password and would send it for any page: it may only look. */
  #authorise({ headers, method }: IncomingMessage): void {
    const given = credentialsOf(headers.authorization);
    if (given === undefined || !sameSecret(given.token, this.#options.token))
      throw new HttpError(401, "the token is wrong or missing: Authorization: Bearer TOKEN");
    if (method !== "GET" && given.scheme !== "bearer") throw new HttpError(403, "Authorization: Bearer TOKEN");
  }

  async #submit(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const [student, assignment] = [query.get("student"), query.get("assignment")];
    const priority = query.get("priority") ?? "normal";
    if (!Object.hasOwn(PRIORITIES, priority))
      throw new HttpError(400, `priority: ${Object.keys(PRIORITIES).join(", ")}`);
    const notebook = student === null || assignment === null ? undefined : { student, assignment };
    const bytes = await this.#body(request, notebook === undefined ? LIMITS.submission : QUEUE_NOTEBOOK);
    const submission = admit(bytes, notebook);
    const [known] = await this.#soon(this.#queue.find([submission.key]));
    if (known === undefined || known.state === "unknown" || known.state === "failed") {
      const status = await this.#now();
      if (waitingOf(status) >= this.#options.most) throw new HttpError(429, "too many wait", comeBack(status));
      const wait = await this.#soon(this.#queue.tooOften(submission.student, this.#options.perMinute));
      if (wait !== undefined) throw new HttpError(429, `${this.#options.perMinute} a minute for each student`, wait);
    }
    const where = await this.#soon(this.#queue.add(submission, priority as Priority));
    answer(response, where.state === "done" ? 200 : 202, `${JSON.stringify(where)}\n`);
  }

  async #find(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const value = readJson(await this.#body(request, LIMITS.submission), { bytes: LIMITS.submission, depth: 3 });
    const keys = isObject(value) ? value.keys : undefined;
    if (!Array.isArray(keys) || keys.length > LOOKUP || !keys.every((key) => typeof key === "string" && KEY.test(key)))
      throw new HttpError(400, `{ "keys": [...] }, at most ${LOOKUP}`);
    const found: Whereabouts[] = await this.#soon(this.#queue.find(keys as string[]));
    answer(response, 200, found.map((one) => `${JSON.stringify(one)}\n`).join(""), { type: "application/x-ndjson" });
  }

  async #results(response: ServerResponse): Promise<void> {
    const lines = this.#queue.results();
    const first = await this.#soon(lines.next());
    response.writeHead(200, { "Content-Type": "application/x-ndjson; charset=utf-8", "Cache-Control": "no-store" });
    if (first.done !== true) response.write(first.value);
    for await (const line of lines) {
      if (response.destroyed) return;
      if (!response.write(line)) await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
    }
    response.end();
  }

  async #body(request: IncomingMessage, most: number): Promise<Uint8Array> {
    if (this.#bodies >= BODIES) throw new HttpError(429, "too many at once", 1);
    this.#bodies++;
    try {
      return await readBody(request, most);
    } finally {
      this.#bodies--;
    }
  }

  /** The status, asked for once a second at most: whoever reloads a page costs nothing. */
  #now(): Promise<QueueStatus> {
    const now = performance.now();
    if (this.#status === undefined || this.#status.until < now) {
      const value = this.#soon(queueStatus(this.#queue));
      value.catch(() => {
        this.#status = undefined;
      });
      this.#status = { until: now + STATUS_SECONDS * 1000, value };
    }
    return this.#status.value;
  }

  async #sample(): Promise<void> {
    try {
      this.#samples.push(await this.#now());
      if (this.#samples.length > SAMPLES.kept) this.#samples.shift();
    } catch {
      // Redis is away: the page will have a gap.
    }
  }

  /** Nobody waits long for a Redis that is away: whoever asked comes back. */
  #soon<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new HttpError(503, "the queue cannot be reached", 2)), PATIENCE);
    return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
  }
}

/** Seconds until there will be room for some more. */
const comeBack = ({ perSecond }: QueueStatus): number =>
  perSecond === 0 ? 60 : Math.max(1, Math.min(60, Math.ceil(50 / perSecond)));
