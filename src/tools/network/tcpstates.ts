import { IPV4, IPV6, oneOfPorts } from "../frame/common.ts";
import { type Column, type Plan, tool, when } from "../frame/tool.ts";
import { num, text, wide } from "../frame/values.ts";
import { familyIs, ipVersion, TCP_STATES } from "./address.ts";

/** One change of a connection's state. */
export interface TcpChange {
  readonly time: string;
  readonly seconds: number;
  /** The address of its `struct sock`. */
  readonly socket: bigint;
  readonly pid: number;
  readonly comm: string;
  readonly ip: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly oldState: string;
  readonly newState: string;
  /** How long it was in the old state. */
  readonly ms: number;
}

const TCP = 6;
const CLOSE = 7;

/** States of connections, and how long they lasted. */
export const tcpstates = tool({
  name: "tcpstates",
  summary: "Trace TCP session state changes and durations",
  about: "tracepoint inet_sock_set_state; a hash by socket keeps when its state last changed",
  options: {
    time: { flags: ["-T", "--time"], kind: "flag", help: "include time column on output (HH:MM:SS)" },
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output (seconds)" },
    wide: { flags: ["-w", "--wide"], kind: "flag", help: "wide column output (fits IPv6 addresses)" },
    localport: { flags: ["-L", "--localport"], kind: "text", help: "comma-separated list of local ports to trace." },
    remoteport: { flags: ["-D", "--remoteport"], kind: "text", help: "comma-separated list of remote ports to trace." },
    ipv4: IPV4,
    ipv6: IPV6,
  },
  plan: (o): Plan<TcpChange> => {
    const wanted = [
      ...[`args.protocol == ${TCP}`, oneOfPorts("args.sport", o.localport), oneOfPorts("args.dport", o.remoteport)],
      familyIs("args.family", o),
    ].filter((word) => word !== false);
    const [address, comm] = o.wide ? ["%-26s", "%-16.16s"] : ["%-15s", "%-10.10s"];
    const columns: readonly Column<TcpChange>[] = [
      ...when<TcpChange>(o.time, ["TIME", "%-8s", "%-8s", (row) => row.time]),
      ...when<TcpChange>(o.timestamp, ["TIME(s)", "%-9s", "%-9.6f", (row) => row.seconds]),
      ["SKADDR", "%-16s", "%-16x", (row) => row.socket],
      ["C-PID", "%-5s", "%-5d", (row) => row.pid],
      ["C-COMM", comm, comm, (row) => row.comm],
      ...when<TcpChange>(o.wide, ["IP", "%-2s", "%-2s", (row) => row.ip]),
      ["LADDR", address, address, (row) => row.localAddress],
      ["LPORT", "%-5s", "%-5d", (row) => row.localPort],
      ["RADDR", address, address, (row) => row.remoteAddress],
      ["RPORT", "%-5s", "%-5d", (row) => row.remotePort],
      ["OLDSTATE", "%-11s ->", "%-11s ->", (row) => row.oldState],
      ["NEWSTATE", "%-11s", "%-11s", (row) => row.newState],
      ["MS", "%s", "%.3f", (row) => row.ms],
    ];
    return {
      program: `
      tracepoint:sock:inet_sock_set_state /${wanted.join(" && ")}/ {
        $sk = (uint64)args.skaddr;
        $took = (uint64)0;
        if (@last[$sk] != 0) { $took = nsecs - @last[$sk]; }
        $local = ntop(args.saddr);
        $remote = ntop(args.daddr);
        if (args.family == 10) { $local = ntop(args.saddr_v6); $remote = ntop(args.daddr_v6); }
        print((nsecs, $sk, pid, comm, (uint64)args.family, $local, (uint64)args.sport, $remote, (uint64)args.dport,
          (uint64)args.oldstate, (uint64)args.newstate, $took));
        if (args.newstate == ${CLOSE}) { delete(@last, $sk); } else { @last[$sk] = nsecs; }
      }`,
      event: ([ns, socket, pid, comm, family, local, lport, remote, rport, from, to, took], look) => ({
        ...{ time: look.clock(), seconds: look.since(num(ns)), socket: wide(socket), pid: num(pid), comm: text(comm) },
        ...{ ip: ipVersion(num(family)), localAddress: text(local), localPort: num(lport) },
        ...{ remoteAddress: text(remote), remotePort: num(rport), ms: num(took) / 1e6 },
        oldState: TCP_STATES[num(from)] ?? String(num(from)),
        newState: TCP_STATES[num(to)] ?? String(num(to)),
      }),
      columns,
    };
  },
});
