import { O_RDONLY } from "../open.ts";
import type { Message } from "../socket.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const CURL = "/usr/bin/curl";
const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";

/** How often a name is asked for, and how often that goes wrong. */
export interface DnsTroubleOptions {
  /** Milliseconds between two questions. */
  readonly every: number;
  /** How many questions first go to a name server that is gone: above 0, at most 1. */
  readonly dead: number;
  /** Milliseconds until the next name server is asked (`resolv.conf`'s timeout is 5 s). */
  readonly timeout: number;
}

const PARAMETERS: ParameterTable<DnsTroubleOptions> = {
  every: { usual: 100, most: 3_600_000 },
  dead: { usual: 0.1, most: 1 },
  timeout: { usual: 1_000, most: 60_000 },
};

/** The second never answers: nobody has an address of 192.0.2.0/24. */
const NAME_SERVER = "10.0.0.53";
const DEAD_SERVER = "192.0.2.53";

const HOSTS = ["www.example.com", "api.example.org", "mirror.example.net", "typo.invalid"];

/**
 * Programs look names up: `getaddrinfo` in libc sends a question to a name server and waits with `poll`. Some questions go to a
 * server that is gone, and last until the time is over; names that end in `.invalid` do not exist.
 *
 * To be seen with: `uprobe:libc:getaddrinfo` (argument 0: the name) and `uretprobe:libc:getaddrinfo` (the time between;
 * result 0 or -2), `gethostbyname`, `kprobe:udp_sendmsg`, `kprobe:udp_recvmsg`, `tracepoint:syscalls:sys_enter_poll`.
 */
export function dnsTrouble(options: Partial<DnsTroubleOptions> = {}): ConfiguredWorkload<DnsTroubleOptions> {
  const all = withDefaults("dnsTrouble", PARAMETERS, options);
  return new ConfiguredWorkload("dnsTrouble", all, (linux) => {
    linux.files.create("/etc/resolv.conf", `nameserver ${DEAD_SERVER}\nnameserver ${NAME_SERVER}\n`);
    return linux.process({ comm: "sh", uid: 1000, gid: 1000, program: (sys) => loop(sys, all) });
  });
}

function* loop(sys: Sys, options: DnsTroubleOptions): UserCode<void> {
  sys.enter(sys.text("/usr/bin/sh", "main"));
  for (let n = 0; ; n++) {
    yield sys.nanosleep(1 + sys.random.exponential(options.every * 1e6));
    const host = HOSTS[n % HOSTS.length]!;
    const argv = ["curl", "-s", `https://${host}/`];
    // Questions take their time: the shell does not wait for them.
    yield sys.fork((child) => exec(child, CURL, (curl) => curl_main(curl, host, n, options), argv));
    while ((yield sys.wait(-1, undefined, WNOHANG)) > 0);
  }
}

const WNOHANG = 1;

function* curl_main(sys: Sys, host: string, n: number, { dead, timeout }: DnsTroubleOptions): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text(CURL, "main"));
  const servers = sys.random.unit() < dead ? [DEAD_SERVER, NAME_SERVER] : [NAME_SERVER];
  // Old programs ask in the old ways.
  const how = n % 7 === 5 ? "gethostbyname" : n % 7 === 6 ? "gethostbyname2" : "getaddrinfo";
  yield* resolve(sys, how, host, servers, timeout);
  sys.leave();
}

/** libc's resolver: each server gets its time. */
export function* resolve(
  sys: Sys,
  how: "getaddrinfo" | "gethostbyname" | "gethostbyname2",
  host: string,
  servers: readonly string[] = [NAME_SERVER],
  timeout = 5_000,
): UserCode<string | undefined> {
  sys.enter(sys.text(LIBC, how), sys.string(host));
  const config = yield sys.openat("/etc/resolv.conf", O_RDONLY);
  if (config >= 0) {
    yield sys.read(config, 4096);
    yield sys.close(config);
  }
  let address: string | undefined;
  for (const server of servers) {
    const socket = yield sys.socket(2, 2);
    yield sys.connect(socket, server, 53);
    yield sys.sendto(socket, question(host, sys.random.below(65_536)));
    const answer: Message = {};
    if ((yield sys.poll([socket], timeout)) > 0) yield sys.recvfrom(socket, 2048, answer);
    yield sys.close(socket);
    if (answer.data === undefined) continue;
    address = addressIn(answer.data);
    break;
  }
  // EAI_NONAME is -2; gethostbyname gives a null pointer.
  sys.leave(how === "getaddrinfo" ? (address === undefined ? -2 : 0) : address === undefined ? 0 : sys.string(address));
  return address;
}

/** A question for the A record of a name (RFC 1035, 4.1). */
function question(host: string, id: number): Uint8Array {
  const labels = host.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  return Uint8Array.of(id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1);
}

/** The address that an answer ends with, if it has one. */
function addressIn(answer: Uint8Array): string | undefined {
  return answer[7] === 0 ? undefined : [...answer.subarray(-4)].join(".");
}
