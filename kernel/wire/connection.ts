import { chmodSync, readFileSync, statSync } from "node:fs";

/** What a front end writes into the connection file before it starts a kernel. */
export interface ConnectionInfo {
  readonly transport: "tcp" | "ipc";
  /** Address for `tcp`, path prefix for `ipc`. */
  readonly ip: string;
  readonly ports: Readonly<Record<Channel, number>>;
  /** Shared secret of all signatures; empty means that the front end asks for none. */
  readonly key: string;
  /** Name of the hash inside `hmac-<hash>`. */
  readonly hash: string;
  /** Name of the kernelspec, where the front end says it. */
  readonly kernelName?: string;
}

/** The five sockets of a kernel. */
export const CHANNELS = ["shell", "control", "iopub", "stdin", "hb"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A connection file that cannot be used: `path` names it, the message says which field is wrong. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
  readonly code: "unreadable" | "field";
  readonly path: string;
  constructor(code: ConnectionFileError["code"], path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.code = code;
    this.path = path;
  }
}

/**
 * Reads the connection file that a front end passes on the command line.
 *
 * @throws ConnectionFileError
 * @see https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files
 * @example
 * ```ts
 * const { ip, ports, key } = readConnectionFile("kernel-1.json");
 * ```
 */
export function readConnectionFile(path: string): ConnectionInfo {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ConnectionFileError("unreadable", path, "not a readable JSON file; a front end writes it", { cause });
  }
  keepPrivate(path);
  return parseConnection(json, path);
}

/** The key is in it: whoever can read the file can run code as its owner. Jupyter writes it so; other front ends may not. */
function keepPrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch {
    // Another user's file, or a file system without modes: its owner's business.
  }
}

/** Checks the fields of a connection file; `path` is only for messages. */
export function parseConnection(json: unknown, path: string): ConnectionInfo {
  const fields = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  const fail = (field: string, want: string): never => {
    throw new ConnectionFileError("field", path, `"${field}" is ${JSON.stringify(fields[field])}, not ${want}`);
  };
  const text = (field: string, fallback?: string): string => {
    const value = fields[field] ?? fallback;
    return typeof value === "string" ? value : fail(field, "a string");
  };
  const port = (channel: Channel): number => {
    const value = fields[`${channel}_port`];
    const good = typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65536;
    return good ? value : fail(`${channel}_port`, "a port number");
  };
  const transport = text("transport", "tcp");
  const scheme = text("signature_scheme", "hmac-sha256");
  const kernelName = fields["kernel_name"];
  return {
    transport: transport === "tcp" || transport === "ipc" ? transport : fail("transport", `"tcp" or "ipc"`),
    ip: text("ip"),
    ports: {
      shell: port("shell"),
      control: port("control"),
      iopub: port("iopub"),
      stdin: port("stdin"),
      hb: port("hb"),
    },
    // An empty key switches signatures off: on a port anybody on the computer could run code then.
    key: text("key", "") || (transport === "ipc" ? "" : fail("key", "a key, which messages on a port are signed with")),
    hash: scheme.startsWith("hmac-") ? scheme.slice("hmac-".length) : fail("signature_scheme", `"hmac-..."`),
    ...(typeof kernelName === "string" ? { kernelName } : {}),
  };
}

/** The ZeroMQ endpoint of one socket. */
export function endpoint(info: ConnectionInfo, channel: Channel): string {
  const port = info.ports[channel];
  return info.transport === "tcp" ? `tcp://${info.ip}:${port}` : `ipc://${info.ip}-${port}`;
}
