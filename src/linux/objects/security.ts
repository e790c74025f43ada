import type { Binprm, Socket, SocketAddress } from "../security/arguments.ts";
import type { StructRow } from "./row.ts";

/** What `struct socket` is of the outer half of a socket. */
export const SOCKET: StructRow<Socket> = {
  struct: "socket",
  write(w, { sk }) {
    w.int("type", sk.type);
    w.pointer("sk", sk);
  },
};

/** What `struct sockaddr` is of an address: the bytes of a `sockaddr_in` or `sockaddr_in6`. */
export const SOCKADDR: StructRow<SocketAddress> = {
  struct: "sockaddr",
  room: 16,
  write(w, { family, bytes }) {
    w.int("sa_family", family);
    w.raw(2, bytes);
  },
};

/** What `struct linux_binprm` is of a program that is about to start. */
export const LINUX_BINPRM: StructRow<Binprm> = {
  struct: "linux_binprm",
  write(w, { filename, argc, envc, cred }) {
    w.string("filename", filename);
    w.string("interp", filename);
    w.int("argc", argc);
    w.int("envc", envc);
    w.pointer("cred", cred);
  },
};
