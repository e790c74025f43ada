import { Reply, Router, XPublisher } from "zeromq";
import { type Channel, type ConnectionInfo, endpoint } from "./connection.ts";

/** Frames sent and received on the sockets that carry messages. */
export type MessageChannel = Exclude<Channel, "hb">;

/** What a kernel does with what arrives. Handlers must not throw; they may take their time, the next message does not wait. */
export interface SocketHandlers {
  readonly onFrames: (channel: Exclude<MessageChannel, "iopub">, frames: readonly Buffer[]) => void;
  /** A front end subscribed to a prefix of iopub's topics (usually the empty one). */
  readonly onSubscribe: (topic: Buffer) => void;
}

/** No limit: with ZeroMQ's default mark of 1000, even awaited sends lose messages. */
const UNLIMITED = 0;
/** How long a closing socket goes on delivering, in milliseconds. */
const LINGER = 2000;

/**
 * The five sockets of a kernel, bound and served.
 * Sends on one socket are awaited one after the other (a second concurrent send throws EBUSY in zeromq), and arrive in the
 * order of the calls.
 */
export class Sockets {
  readonly #routers: Readonly<Record<Exclude<MessageChannel, "iopub">, Router>>;
  readonly #iopub: XPublisher;
  readonly #heartbeat: Reply;
  readonly #tails: Record<MessageChannel, Promise<void>>;

  private constructor() {
    const options = { sendHighWaterMark: UNLIMITED, receiveHighWaterMark: UNLIMITED, linger: LINGER };
    const router = (): Router => new Router({ ...options, handover: true });
    this.#routers = { shell: router(), control: router(), stdin: router() };
    this.#iopub = new XPublisher(options);
    // Every subscription is reported, not only the first to a topic: each new front end is welcomed.
    this.#iopub.verbosity = "allSubs";
    this.#heartbeat = new Reply({ linger: 0 });
    const done = Promise.resolve();
    this.#tails = { shell: done, control: done, stdin: done, iopub: done };
  }

  /** Binds all sockets, then serves them until {@link close}. Rejects if a port is taken. */
  static async bind(info: ConnectionInfo, handlers: SocketHandlers): Promise<Sockets> {
    const sockets = new Sockets();
    const { shell, control, stdin } = sockets.#routers;
    const all = { shell, control, stdin, iopub: sockets.#iopub, hb: sockets.#heartbeat };
    await Promise.all(Object.entries(all).map(([name, socket]) => socket.bind(endpoint(info, name as Channel))));
    void sockets.#serveHeartbeat();
    void sockets.#serveSubscriptions(handlers);
    for (const channel of ["shell", "control", "stdin"] as const) void sockets.#serve(channel, handlers);
    return sockets;
  }

  /** Sends after all earlier sends on this channel; resolves when ZeroMQ has taken the message. */
  send(channel: MessageChannel, frames: readonly Buffer[]): Promise<void> {
    const socket = channel === "iopub" ? this.#iopub : this.#routers[channel];
    const sent = this.#tails[channel].then(() => (socket.closed ? undefined : socket.send([...frames])));
    // A router cannot deliver to a front end that has left; that must not stop what is sent to the others.
    this.#tails[channel] = sent.catch(() => undefined);
    return this.#tails[channel];
  }

  /** Waits for what was sent, then closes all sockets; ZeroMQ delivers the rest within the linger time. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#tails));
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
  }

  async #serve(channel: Exclude<MessageChannel, "iopub">, handlers: SocketHandlers): Promise<void> {
    for await (const frames of this.#routers[channel]) handlers.onFrames(channel, frames);
  }

  async #serveSubscriptions(handlers: SocketHandlers): Promise<void> {
    for await (const [frame] of this.#iopub) {
      // ZMTP: 1 and the topic is a subscription, 0 the end of one.
      if (frame?.[0] === 1) handlers.onSubscribe(frame.subarray(1));
    }
  }

  async #serveHeartbeat(): Promise<void> {
    for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
  }
}
