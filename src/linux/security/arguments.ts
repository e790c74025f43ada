/** What hooks of security modules are told and nothing else in the machine has: a socket's outer half, an address, a program about to start. */
import type { Credentials } from "../credentials.ts";
import { type Ip, ipBytes } from "../net/address.ts";
import type { Sock } from "../net/sock.ts";

/** A socket as processes hold it: the outer half of a {@link Sock}. */
export class Socket {
  readonly sk: Sock;
  constructor(sk: Sock) {
    this.sk = sk;
  }
}

const sockets = new WeakMap<Sock, Socket>();

/** The same one each time. */
export function socketFor(sk: Sock): Socket {
  let socket = sockets.get(sk);
  if (socket === undefined) {
    socket = new Socket(sk);
    sockets.set(sk, socket);
  }
  return socket;
}

/** An address and a port that a process names. */
export class SocketAddress {
  readonly family: number;
  /** On the wire: port, address, as they follow the family. */
  readonly bytes: Uint8Array;
  /** Bytes of the whole: `sizeof(struct sockaddr_in)` or of `sockaddr_in6`. */
  readonly length: number;

  constructor(family: number, ip: Ip, port: number) {
    const address = ipBytes(ip);
    const flow = address.length === 4 ? 0 : 4;
    this.family = family;
    this.bytes = new Uint8Array(2 + flow + address.length);
    this.bytes.set([port >> 8, port & 0xff]);
    this.bytes.set(address, 2 + flow);
    this.length = address.length === 4 ? 16 : 28;
  }

  /** The whole structure. */
  get struct(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    bytes[0] = this.family;
    bytes.set(this.bytes, 2);
    return bytes;
  }
}

/** A program that is about to take a task over. */
export class Binprm {
  readonly filename: string;
  readonly argc: number;
  readonly envc: number;
  readonly cred: Credentials;
  constructor(filename: string, argc: number, envc: number, cred: Credentials) {
    this.filename = filename;
    this.argc = argc;
    this.envc = envc;
    this.cred = cred;
  }
}
