import type { Linux } from "./linux.ts";
import { F } from "./symbols.ts";
import type { Task } from "./task.ts";
import { WaitQueue } from "./wait-queue.ts";

/** The other side of a connection: a client somewhere on the network. */
export interface Client {
  /** Bytes of the machine's answer arrive. */
  readonly received: (bytes: number, time: number) => void;
  /** The machine has closed the connection. */
  readonly closed: (time: number) => void;
}

/** A socket that waits for connections. */
export class Listener {
  readonly port: number;
  readonly backlog: number;
  readonly pending: Connection[] = [];
  readonly waiters = new WaitQueue();
  /** Connections that found the backlog full. */
  refused = 0;

  constructor(port: number, backlog: number) {
    this.port = port;
    this.backlog = backlog;
  }
}

/** An established TCP connection, seen from the machine. */
export class Connection {
  readonly client: Client;
  /** Bytes in the receive queue. */
  available = 0;
  received = 0;
  sent = 0;
  readonly waiters = new WaitQueue();

  constructor(client: Client) {
    this.client = client;
  }
}

/** Half a round trip between the machine and its clients. */
const ONE_WAY = 120_000;

/** Connections from outside: packets that arrive as interrupts. */
export class Network {
  readonly #linux: Linux;
  readonly #listeners = new Map<number, Listener>();

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** Opens a port; undefined if somebody has it. */
  listen(port: number, backlog: number): Listener | undefined {
    if (this.#listeners.has(port)) return undefined;
    const listener = new Listener(port, backlog);
    this.#listeners.set(port, listener);
    return listener;
  }

  /** A client connects at `time` and sends a request of `bytes`. */
  request(time: number, port: number, bytes: number, client: Client): void {
    const cpus = this.#linux.cpus;
    // Receive-side scaling: the flow decides which CPU takes the packet.
    const cpu = cpus[this.#linux.random32.below(cpus.length)]!;
    this.#linux.interrupt(cpu, time, (t) =>
      receive(t, F.tcp_child_process, () => {
        const connection = this.#established(port, client);
        if (connection === undefined) return;
        this.#linux.interrupt(cpu, time + ONE_WAY, (current) =>
          receive(current, F.tcp_data_queue, () => {
            connection.available += bytes;
            connection.received += bytes;
            connection.waiters.wakeAll();
          }),
        );
      }),
    );
  }

  #established(port: number, client: Client): Connection | undefined {
    const listener = this.#listeners.get(port);
    if (listener === undefined) return undefined;
    if (listener.pending.length >= listener.backlog) {
      listener.refused++;
      return undefined;
    }
    const connection = new Connection(client);
    listener.pending.push(connection);
    listener.waiters.wakeOne();
    return connection;
  }

  /** What the machine sent arrives at the client. */
  deliver(connection: Connection, bytes: number, now: number): void {
    connection.sent += bytes;
    this.#linux.at(now + ONE_WAY, (time) => connection.client.received(bytes, time));
  }

  /** The machine has closed the connection; the client learns of it. */
  close(connection: Connection, now: number): void {
    this.#linux.at(now + ONE_WAY, (time) => connection.client.closed(time));
  }
}

/** A packet's way from the network card up to TCP, in the softirq on top of whatever the CPU was doing. */
function receive(t: Task, last: number, deliver: () => void): void {
  t.enter(F.asm_common_interrupt, 30);
  t.enter(F.common_interrupt, 120);
  t.enter(F.__irq_exit_rcu, 30);
  t.enter(F.handle_softirqs, 60);
  t.enter(F.net_rx_action, 80);
  t.enter(F.__napi_poll, 40);
  t.enter(F.virtnet_poll, 500);
  t.enter(F.gro_receive_skb, 250);
  t.enter(F.__netif_receive_skb_one_core, 90);
  t.enter(F.ip_rcv, 120);
  t.enter(F.ip_local_deliver_finish, 40);
  t.enter(F.ip_protocol_deliver_rcu, 30);
  t.enter(F.tcp_v4_rcv, 350);
  t.enter(last, 250);
  t.enter(F.sock_def_readable, 60);
  deliver();
  t.leave(undefined, 15);
}
