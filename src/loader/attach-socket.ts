import type { BpfLink } from "../linux/bpf/link.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { Linux } from "../linux/linux.ts";
import { NetworkError } from "../linux/net/net.ts";
import type { Sock } from "../linux/net/sock.ts";
import { filterSocket } from "../linux/net/socket-filter.ts";
import { isSocketMap } from "../maps/socket-map.ts";
import type { LoadedProgram } from "./loaded-program.ts";

/** `socket:udp:53`, `socket:tcp:80`: the sockets that have the port; `sockmap:NAME`: what is put into a map from now on; `sk_lookup`: all that nobody is connected to. */
const FORM = /^(?:socket:(udp|tcp):(\d{1,5})|sockmap:(\w+))$/;
/** `reuseport:udp:53`: all sockets that share the port. */
const SHARED = /^reuseport:(udp|tcp):(\d{1,5})$/;

/** Whether a hook is a socket, or a map of sockets. */
export const isSocketHook = (hook: string): boolean => /^(socket:|sockmap:|reuseport:|sk_lookup$)/.test(hook);

/**
 * Attaches a program to sockets. Throws `NetworkError`: ENODEV where nobody has the port or no map the name, EINVAL for a program of
 * another kind, EBUSY where another filter is.
 */
export function attachSocket(linux: Linux, bpf: BpfSubsystem, { program, spec }: LoadedProgram, hook: string): BpfLink {
  const [, protocol, port, name] = FORM.exec(hook) ?? [];
  const run = (context: number): number => bpf.run(program, context);
  if (hook === "sk_lookup") return attachLookup(linux, bpf, { program, spec } as LoadedProgram);
  if (hook.startsWith("reuseport:")) return attachShared(linux, bpf, { program, spec } as LoadedProgram, hook);
  if (name !== undefined) return attachToMap(linux, bpf, { program, spec } as LoadedProgram, hook, name);
  if (protocol === undefined || port === undefined)
    throw new NetworkError("EINVAL", `no such hook: ${hook}; write socket:udp:53, socket:tcp:80 or sockmap:NAME`);
  if (spec.type !== "socket_filter")
    throw new NetworkError(
      "EINVAL",
      `${spec.name} is of type ${spec.type}: ${hook} runs programs of type socket_filter`,
    );
  const found = socketsAt(linux, protocol, Number(port));
  if (found.length === 0) throw new NetworkError("ENODEV", `no socket has ${protocol} port ${port}`);
  const filter: NonNullable<Sock["filter"]> = (t, skb, sk) => filterSocket(t, sk, skb, run);
  for (const sk of found) {
    if (sk.filter !== undefined) throw new NetworkError("EBUSY", `${protocol} port ${port} has a filter already`);
    sk.filter = filter;
  }
  return bpf.link(hook, program, () => {
    for (const sk of found) if (sk.filter === filter) sk.filter = undefined;
  });
}

/** Chooses sockets in the machine's own namespace. */
function attachLookup(linux: Linux, bpf: BpfSubsystem, { program, spec }: LoadedProgram): BpfLink {
  if (spec.type !== "sk_lookup")
    throw new NetworkError("EINVAL", `${spec.name} is of type ${spec.type}: sk_lookup runs programs of that type`);
  const { initial } = linux.network;
  const own = { run: (context: number) => bpf.run(program, context) };
  initial.lookups = [...initial.lookups, own];
  return bpf.link("sk_lookup", program, () => {
    initial.lookups = initial.lookups.filter((other) => other !== own);
  });
}

/** Chooses among sockets that share a port, as `SO_ATTACH_REUSEPORT_EBPF` on one of them does. */
function attachShared(linux: Linux, bpf: BpfSubsystem, { program, spec }: LoadedProgram, hook: string): BpfLink {
  const [, protocol, port] = SHARED.exec(hook) ?? [];
  if (protocol === undefined)
    throw new NetworkError("EINVAL", `no such hook: ${hook}; write reuseport:udp:53 or reuseport:tcp:80`);
  if (spec.type !== "sk_reuseport" && spec.type !== "socket_filter")
    throw new NetworkError(
      "EINVAL",
      `${spec.name} is of type ${spec.type}: ${hook} runs programs of types sk_reuseport and socket_filter`,
    );
  const groups = new Set(socketsAt(linux, protocol, Number(port)).flatMap((sk) => sk.reuseport ?? []));
  if (groups.size === 0) throw new NetworkError("ENODEV", `no sockets share ${protocol} port ${port} (SO_REUSEPORT)`);
  const own = { id: program.id, name: spec.name, type: spec.type, run: (context: number) => bpf.run(program, context) };
  for (const group of groups) group.program = own;
  return bpf.link(hook, program, () => {
    for (const group of groups) if (group.program === own) group.program = undefined;
  });
}

/** Sockets of the machine's own namespace that receive at a port: for TCP the listener and its connections. */
function socketsAt(linux: Linux, protocol: string, port: number): readonly Sock[] {
  const proto = protocol === "tcp" ? 6 : 17;
  return linux.network.initial.sockets().filter((sk) => sk.proto === proto && sk.sport === port);
}

function attachToMap(
  linux: Linux,
  bpf: BpfSubsystem,
  { program, spec }: LoadedProgram,
  hook: string,
  name: string,
): BpfLink {
  const map = linux.maps.findLast((one) => one?.spec.name === name && isSocketMap(one));
  if (map === undefined) throw new NetworkError("ENODEV", `no map of sockets is called ${name}`);
  const kind =
    spec.type === "sk_msg" ? "message" : spec.type === "sk_skb" ? partOf(spec.expectedAttachType) : undefined;
  if (kind === undefined)
    throw new NetworkError(
      "EINVAL",
      `${spec.name} is of type ${spec.type}: ${hook} runs programs of sk_skb and sk_msg`,
    );
  const own = { id: program.id, run: (context: number) => bpf.run(program, context) };
  return bpf.link(hook, program, linux.sockets.attachToMap(map.index, kind, own));
}

const partOf = (attach: string | undefined): "parser" | "verdict" =>
  attach === "sk_skb_stream_parser" ? "parser" : "verdict";
