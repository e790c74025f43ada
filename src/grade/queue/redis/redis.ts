import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { RedisTarget } from "./redis-url.ts";
import { encodeCommand, RedisError, type Reply, RespReader } from "./resp.ts";

type Words = readonly (string | Uint8Array)[];

interface Sent {
  readonly words: Words;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Milliseconds before the first and between later attempts to connect again. */
const RETRY = { first: 20, most: 1000 } as const;
const KEEP_ALIVE = 10_000;

/** The connection went before an answer came. BullMQ knows it by its words, and tries again. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  constructor() {
    super("Connection is closed.");
  }
}

/**
 * A connection to Redis. It comes back by itself whenever it is lost: commands that were not sent yet wait, those whose answers
 * were under way are rejected with `Connection is closed.`, for nobody knows whether they were done.
 *
 * It has the shape that BullMQ takes from drivers (`send`, `connected`, `duplicate`, ...; `createBunRedisClient`), which brings none
 * of its own.
 *
 * @example
 * const redis = new Redis(redisTarget("redis://127.0.0.1:6379"));
 * await redis.send("SET", ["a", "1"]); // "OK"
 * redis.close();
 */
export class Redis {
  readonly #target: RedisTarget;
  #socket: Socket | undefined;
  #sent: Sent[] = [];
  #waiting: Sent[] = [];
  #closed = false;
  #ready = false;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;
  #connecting: PromiseWithResolvers<void> | undefined;
  /** Told each time that the connection is lost, and each time that it is there again. */
  onState: ((up: boolean) => void) | undefined;
  /** BullMQ's: once, when commands may be sent. */
  onconnect: (() => void) | null = null;
  /** BullMQ's, which would make a new connection then: never told, for this one comes back by itself. */
  onclose: (() => void) | null = null;

  constructor(target: RedisTarget) {
    this.#target = target;
  }

  /** Commands may be sent: also while the connection is being made again. */
  get connected(): boolean {
    return this.#connecting !== undefined && !this.#closed;
  }

  /** The connection is there at this moment. */
  get up(): boolean {
    return this.#ready;
  }

  /** Resolves when the connection is there for the first time. Rejects where Redis refuses who asks, and after `close`. */
  connect(): Promise<void> {
    if (this.#closed) return Promise.reject(new ConnectionLost());
    if (this.#connecting === undefined) {
      this.#connecting = Promise.withResolvers<void>();
      this.#connecting.promise.then(
        () => this.onconnect?.(),
        () => undefined,
      );
      this.#open();
    }
    return this.#connecting.promise;
  }

  /** The answer; waits for the connection. Rejects with `RedisError` for what Redis refuses. */
  // biome-ignore lint/suspicious/noExplicitAny: BullMQ's drivers are typed so; our own calls name what they expect
  send<T = any>(command: string, args: Words): Promise<T> {
    if (this.#closed) return Promise.reject(new ConnectionLost());
    void this.connect().catch(() => undefined);
    return new Promise((resolve, reject) => {
      const one: Sent = { words: [command, ...args], resolve: resolve as (reply: Reply) => void, reject };
      if (this.#ready) this.#write(one);
      else this.#waiting.push(one);
    });
  }

  get = (key: string): Promise<string | null> => this.send("GET", [key]);
  smembers = (key: string): Promise<string[]> => this.send("SMEMBERS", [key]);
  incr = (key: string): Promise<number> => this.send("INCR", [key]);

  /** Another connection to the same Redis. */
  async duplicate(): Promise<this> {
    return new Redis(this.#target) as this;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#fail([...this.#sent.splice(0), ...this.#waiting.splice(0)], new ConnectionLost());
    this.#connecting?.reject(new ConnectionLost());
  }

  #write(one: Sent): void {
    this.#sent.push(one);
    this.#socket!.write(encodeCommand(one.words));
  }

  #open(): void {
    const { host, port, tls } = this.#target;
    const socket = tls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    const reader = new RespReader();
    this.#socket = socket;
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE);
    socket.on("error", () => undefined); // `close` follows
    socket.on(tls ? "secureConnect" : "connect", () => this.#greet());
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const reply of reader.push(chunk)) this.#answer(reply);
      } catch {
        socket.destroy(); // no Redis: asked again later, for a proxy may stand before one that starts
      }
    });
    socket.on("close", () => this.#lost(socket));
  }

  /** Who asks, and for which database; then what waits is sent. */
  #greet(): void {
    const { user, password, database } = this.#target;
    const words: string[][] = [];
    if (password !== undefined) words.push(user === undefined ? ["AUTH", password] : ["AUTH", user, password]);
    words.push(["SELECT", String(database)], ["PING"]); // PING alone is refused while Redis reads its files
    const steps = words.map(
      (one) => new Promise<Reply>((resolve, reject) => this.#write({ words: one, resolve, reject })),
    );
    Promise.all(steps).then(
      () => {
        this.#ready = true;
        this.#attempts = 0;
        this.onState?.(true);
        this.#connecting?.resolve();
        for (const one of this.#waiting.splice(0)) this.#write(one);
      },
      (error: Error) => {
        // That a password is wrong does not change by itself, that Redis is still LOADING does.
        if (error instanceof RedisError && /^(WRONGPASS|NOAUTH|NOPERM|ERR)/.test(error.message)) {
          this.#connecting?.reject(error);
          this.#fail(this.#waiting.splice(0), error);
        }
        this.#socket?.destroy();
      },
    );
  }

  #answer(reply: Reply): void {
    const one = this.#sent.shift();
    if (reply instanceof RedisError) one?.reject(reply);
    else one?.resolve(reply);
  }

  #lost(socket: Socket): void {
    if (this.#closed || this.#socket !== socket) return;
    const was = this.#ready;
    this.#ready = false;
    this.#fail(this.#sent.splice(0), new ConnectionLost());
    if (was) this.onState?.(false);
    const wait = Math.min(RETRY.most, RETRY.first * 2 ** this.#attempts++);
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #fail(commands: readonly Sent[], error: Error): void {
    for (const { reject } of commands) reject(error);
  }
}
