import { AF_INET, AF_INET6 } from "../net/address.ts";
import type { Message } from "../socket.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { resolve } from "./dns-trouble.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { dynamicLinker } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

const CURL = "/usr/bin/curl";
const SSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
const CRYPTO = "/usr/lib/x86_64-linux-gnu/libcrypto.so.3";
const PORT = 443;

/** How often something is fetched, and how much. */
export interface TlsClientOptions {
  /** Milliseconds between two requests. */
  readonly pause: number;
  /** Bytes of the median answer. */
  readonly size: number;
}

const PARAMETERS: ParameterTable<TlsClientOptions> = {
  pause: { usual: 200, most: 3_600_000 },
  size: { usual: 8_000, most: 100_000_000 },
};

const HANDSHAKE = 517;
const RECORD = 16_384;
const SECRETS = ["hunter2", "letmein", "correct horse battery staple"];
const SESSION = 0x5555_5590_1000;

/**
 * `curl` fetches pages over TLS. On the wire everything is unreadable; what `SSL_write` gets and `SSL_read` gives is the text.
 *
 * To be seen with: `uprobe:libssl:SSL_write` (argument 1: the text, 2: its length), `uprobe:libssl:SSL_read` with
 * `uretprobe:libssl:SSL_read` (its result: how much the buffer holds), `SSL_do_handshake` (how long),
 * `uprobe:libcrypto:ossl_ecdsa_verify`, `RSA_verify`, `RSA_sign`, `kprobe:tcp_sendmsg`, `kprobe:tcp_connect`.
 */
export function tlsClient(options: Partial<TlsClientOptions> = {}): ConfiguredWorkload<TlsClientOptions> {
  const all = withDefaults("tlsClient", PARAMETERS, options);
  return new ConfiguredWorkload("tlsClient", all, (linux) => {
    linux.network.outside.serve(PORT, {
      received: (connection, bytes) =>
        connection.write(bytes === HANDSHAKE ? 3_100 : linux.random32.lognormal(all.size, 0.8)),
      closed: (connection) => connection.close(),
    });
    return linux.process({ comm: "sh", uid: 1000, gid: 1000, program: (sys) => loop(sys, all.pause * 1e6) });
  });
}

function* loop(sys: Sys, pause: number): UserCode<void> {
  sys.enter(sys.text("/usr/bin/sh", "main"));
  for (let n = 0; ; n++) {
    yield sys.fork((child) => exec(child, CURL, (curl) => fetch(curl, n), ["curl", "https://www.example.com/login"]));
    yield sys.wait();
    yield sys.nanosleep(1 + sys.random.exponential(pause));
  }
}

function* fetch(sys: Sys, n: number): UserCode<void> {
  yield* dynamicLinker(sys);
  sys.enter(sys.text(CURL, "main"));
  const six = n % 4 === 3;
  const ip = six ? "2001:db8::5" : yield* resolve(sys, "getaddrinfo", "www.example.com");
  const socket = yield sys.socket(six ? AF_INET6 : AF_INET);
  if (ip !== undefined && (yield sys.connect(socket, ip, PORT)) === 0) {
    yield* handshake(sys, socket, n);
    const secret = SECRETS[n % SECRETS.length]!;
    const text = `POST /login HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: ${secret.length + 9}\r\n\r\npassword=${secret}`;
    yield* sslWrite(sys, socket, text);
    yield* sslRead(sys, socket);
  }
  yield sys.close(socket);
  sys.leave();
}

function* handshake(sys: Sys, socket: number, n: number): UserCode<void> {
  sys.enter(sys.text(SSL, "SSL_connect"), SESSION);
  sys.enter(sys.text(SSL, "SSL_do_handshake"), SESSION);
  sys.enter(sys.text(CRYPTO, "ossl_ecdh_compute_key"));
  yield* crypto(sys, "ecdh_simple_compute_key", 90_000);
  sys.leave(1);
  yield sys.write(socket, HANDSHAKE);
  yield sys.read(socket, RECORD);
  // Who the server is: a signature, of one kind or the other.
  if (n % 2 === 0) yield* crypto(sys, "ossl_ecdsa_verify", 130_000);
  else {
    yield* crypto(sys, "RSA_verify", 40_000);
    yield* crypto(sys, "rsa_ossl_public_decrypt", 35_000);
  }
  // Who the client is: a key of either kind. An old server gets the secret encrypted instead of agreeing on one.
  if (n % 3 === 0) yield* crypto(sys, "ossl_ecdsa_sign", 60_000);
  if (n % 3 === 1) {
    yield* crypto(sys, "RSA_sign", 20_000);
    yield* crypto(sys, "rsa_ossl_private_encrypt", 900_000);
  }
  if (n % 3 === 2) yield* crypto(sys, "rsa_ossl_public_encrypt", 30_000);
  sys.leave(1);
  sys.leave(1);
}

function* crypto(sys: Sys, name: string, ns: number): UserCode<void> {
  sys.enter(sys.text(CRYPTO, name));
  yield sys.compute(ns);
  sys.leave(1);
}

function* sslWrite(sys: Sys, socket: number, text: string): UserCode<void> {
  sys.enter(sys.text(SSL, "SSL_write"), SESSION, sys.string(text), text.length);
  yield sys.compute(4_000);
  yield sys.write(socket, text.length + 22);
  sys.leave(text.length);
}

/** What comes is decrypted into the program's buffer; the server's answer is this text, and zeros. */
function* sslRead(sys: Sys, socket: number): UserCode<void> {
  const answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Welcome back</h1>";
  sys.enter(sys.text(SSL, "SSL_read"), SESSION, sys.string(answer), RECORD);
  const message: Message = {};
  const bytes = yield sys.recvfrom(socket, RECORD, message);
  yield sys.compute(6_000);
  sys.leave(Math.min(bytes, answer.length));
}
