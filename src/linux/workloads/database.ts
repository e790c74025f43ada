import type { Linux } from "../linux.ts";
import type { RemoteConnection } from "../net/outside.ts";
import { O_CREAT, O_RDWR } from "../open.ts";
import { Random } from "../random.ts";
import type { Message } from "../socket.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/sbin/postgres";
const DATA = "/var/lib/postgresql/16/main";
const LOG = `${DATA}/pg_wal/000000010000000000000001`;
const PAGE = 8192;

/** How many ask the database, how often, and what for. */
export interface DatabaseOptions {
  readonly port: number;
  /** Clients, each with a connection of its own and so a process of the server. */
  readonly clients: number;
  /** Queries a second, all clients together. */
  readonly rate: number;
  /** Of all queries, how many change something and wait for the disk: above 0, at most 1. */
  readonly writes: number;
  /** Bytes of the table. */
  readonly size: number;
  /** Milliseconds between two checkpoints. */
  readonly checkpoint: number;
}

const PARAMETERS: ParameterTable<DatabaseOptions> = {
  port: { usual: 5432, most: 65_535, whole: true },
  clients: { usual: 8, most: 1_000, whole: true },
  rate: { usual: 800, most: 100_000 },
  writes: { usual: 0.2, most: 1 },
  size: { usual: 200_000_000, most: 100_000_000_000, whole: true },
  checkpoint: { usual: 1_000, most: 3_600_000 },
};

/**
 * A database as PostgreSQL is one: a process for each connection, pages of 8 KiB read from `/var/lib/postgresql` (the NVMe
 * disk), a log that each transaction waits for with `fdatasync`, a checkpointer that writes and `fsync`s the table.
 *
 * To be seen with: `usdt:/usr/sbin/postgres:postgresql:query__start` (argument 0: the query's text) and `query__done`,
 * `uprobe:/usr/sbin/postgres:exec_simple_query`, `tracepoint:syscalls:sys_enter_fdatasync`, `sys_enter_pread64`,
 * `kprobe:ext4_sync_file`, `tracepoint:jbd2:*`, `tracepoint:block:block_rq_issue`, `tracepoint:sock:inet_sock_set_state`.
 */
export function database(options: Partial<DatabaseOptions> = {}): ConfiguredWorkload<DatabaseOptions> {
  const all = withDefaults("database", PARAMETERS, options);
  return new ConfiguredWorkload("database", all, (linux) => {
    linux.files.create(`${DATA}/base/16384/16397`, all.size, { uid: POSTGRES, gid: POSTGRES });
    linux.files.create(LOG, 16 * 2 ** 20, { uid: POSTGRES, gid: POSTGRES });
    connectClients(linux, all);
    const program = (sys: Sys) => postmaster(sys, all);
    return linux.process({ comm: "postgres", uid: POSTGRES, gid: POSTGRES, program });
  });
}

/** The user id of `postgres`. */
const POSTGRES = 114;

/** Each client asks, waits for the answer, thinks, and asks again. */
function connectClients(linux: Linux, { clients, rate, writes, port }: DatabaseOptions): void {
  const random = new Random(linux.random32.u32(), port);
  const think = () => 1 + random.exponential((1e9 * clients) / rate);
  const { outside } = linux.network;
  const ask = (connection: RemoteConnection, time: number) => {
    const id = random.below(1000);
    const text =
      random.unit() < writes
        ? `UPDATE accounts SET balance = balance + 1 WHERE id = ${id};`
        : `SELECT balance FROM accounts WHERE id = ${id};`;
    const message = new TextEncoder().encode(text);
    linux.at(time, (now) => outside.step(now, () => connection.write(message.length, message)));
  };
  for (let i = 0; i < clients; i++) {
    const from = { ip: 0x0a00_0100 + (i % 200), port: 40_000 + i };
    linux.at(linux.ktimeNs() + 20_000_000 + i * 100_000, (now) =>
      outside.step(now, () => {
        const to = { ip: linux.network.eth0.addresses[0]!.ip, port };
        outside.connect(from, to, {
          connected: (connection, time) => ask(connection, time + think()),
          received: (connection, _bytes, time) => ask(connection, time + think()),
        });
      }),
    );
  }
}

function* postmaster(sys: Sys, options: DatabaseOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "PostmasterMain"));
  const listener = yield sys.socket();
  yield sys.bind(listener, options.port);
  yield sys.listen(listener, 200);
  yield sys.fork((child) => checkpointer(child, options.checkpoint * 1e6));
  for (;;) {
    const connection = yield sys.accept(listener);
    if (connection < 0) continue;
    yield sys.fork((child) => backend(child, connection, listener, options.size));
    yield sys.close(connection);
  }
}

/** `checkpointer`: what changed in memory goes to the table's file, and that to the disk. */
function* checkpointer(sys: Sys, every: number): UserCode<void> {
  sys.enter(sys.text(BINARY, "CheckpointerMain"));
  const table = yield sys.openat(`${DATA}/base/16384/16397`, O_RDWR);
  for (;;) {
    yield sys.nanosleep(every);
    sys.enter(sys.text(BINARY, "CheckPointBuffers"));
    for (let i = 0; i < 24; i++) yield sys.pwrite(table, PAGE, PAGE * sys.random.below(1000));
    yield sys.fsync(table);
    sys.leave();
  }
}

function* backend(sys: Sys, connection: number, listener: number, size: number): UserCode<void> {
  sys.enter(sys.text(BINARY, "PostgresMain"));
  yield sys.close(listener);
  const table = yield sys.openat(`${DATA}/base/16384/16397`, O_RDWR);
  const log = yield sys.openat(LOG, O_RDWR | O_CREAT, 0o600);
  for (;;) {
    const message: Message = {};
    if ((yield sys.recvfrom(connection, PAGE, message)) <= 0) return;
    const text = new TextDecoder().decode(message.data);
    yield* query(sys, text, { table, log, connection, pages: Math.max(1, Math.floor(size / PAGE)) });
  }
}

interface Session {
  readonly table: number;
  readonly log: number;
  readonly connection: number;
  readonly pages: number;
}

function* query(sys: Sys, text: string, { table, log, connection, pages }: Session): UserCode<void> {
  const address = sys.string(text);
  const probe = (name: string, ...args: readonly number[]) => sys.pass(sys.usdt(BINARY, "postgresql", name), ...args);
  sys.enter(sys.text(BINARY, "exec_simple_query"), address);
  probe("query__start", address);
  probe("transaction__start", sys.task.pid);
  probe("query__parse__start", address);
  sys.enter(sys.text(BINARY, "pg_parse_query"), address);
  yield sys.compute(12_000);
  sys.leave();
  probe("query__parse__done", address);
  sys.enter(sys.text(BINARY, "pg_plan_query"));
  yield sys.compute(20_000);
  sys.leave();
  probe("query__execute__start");
  sys.enter(sys.text(BINARY, "ExecutorRun"));
  sys.enter(sys.text(BINARY, "ExecIndexScan"));
  // The index is in its own memory; the row's page often is not.
  if (sys.random.unit() < 0.3) {
    const page = Math.floor(sys.random.unit() ** 2 * pages);
    probe("buffer__read__start", 0, page);
    yield sys.pread(table, PAGE, page * PAGE);
    probe("buffer__read__done", 0, page);
  }
  yield sys.compute(15_000);
  sys.leave();
  const changes = text.startsWith("UPDATE");
  if (changes) {
    sys.enter(sys.text(BINARY, "heap_update"));
    sys.enter(sys.text(BINARY, "XLogInsert"));
    yield sys.compute(8_000);
    sys.leave();
    sys.leave();
  }
  sys.leave();
  probe("query__execute__done");
  if (changes) yield* commit(sys, log);
  probe("transaction__commit", sys.task.pid);
  yield sys.sendto(connection, changes ? 20 : 90);
  probe("query__done", address);
  sys.leave();
}

/** The transaction counts when the log is on the disk. */
function* commit(sys: Sys, log: number): UserCode<void> {
  sys.enter(sys.text(BINARY, "XLogFlush"));
  sys.enter(sys.text(BINARY, "LWLockAcquire"));
  yield sys.compute(300);
  sys.leave();
  yield sys.pwrite(log, PAGE, PAGE * sys.random.below(2000));
  yield sys.fdatasync(log);
  sys.leave();
}
