import { IPV4, IPV6, oneOfPorts, PID } from "../frame/common.ts";
import { type Column, type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { familyIs, ipVersion } from "./address.ts";

/** The life of one connection, told at its end. */
export interface TcpLife {
  readonly time: string;
  readonly seconds: number;
  readonly pid: number;
  readonly comm: string;
  readonly ip: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly ms: number;
}

/** States: all before FIN_WAIT1 are a connection's beginning. */
const [FIN_WAIT1, SYN_SENT, LAST_ACK, CLOSE] = [4, 2, 9, 7];
const TCP = 6;

/** How long connections live, and what they carry. */
export const tcplife = tool({
  name: "tcplife",
  summary: "Trace the lifespan of TCP sessions and summarize",
  about:
    "tracepoint inet_sock_set_state; hashes by socket keep when it was born and whose it is; bytes come from struct tcp_sock",
  options: {
    time: { flags: ["-T", "--time"], kind: "flag", help: "include time column on output (HH:MM:SS)" },
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output (seconds)" },
    wide: { flags: ["-w", "--wide"], kind: "flag", help: "wide column output (fits IPv6 addresses)" },
    csv: { flags: ["-s", "--csv"], kind: "flag", help: "comma separated values output" },
    pid: PID,
    localport: { flags: ["-L", "--localport"], kind: "text", help: "comma-separated list of local ports to trace." },
    remoteport: { flags: ["-D", "--remoteport"], kind: "text", help: "comma-separated list of remote ports to trace." },
    ipv4: IPV4,
    ipv6: IPV6,
  },
  plan: (o): Plan<TcpLife> => {
    const wanted = [
      ...[`args.protocol == ${TCP}`, oneOfPorts("args.sport", o.localport), oneOfPorts("args.dport", o.remoteport)],
      familyIs("args.family", o),
    ].filter((word) => word !== false);
    return {
      program: `
      tracepoint:sock:inet_sock_set_state /${wanted.join(" && ")}/ {
        $sk = (uint64)args.skaddr;
        if (args.newstate < ${FIN_WAIT1}) { @born[$sk] = nsecs; }
        if (args.newstate == ${SYN_SENT} || args.newstate == ${LAST_ACK}) { @pid[$sk] = pid; @comm[$sk] = comm; }
        if (args.newstate == ${CLOSE}) {
          if (@born[$sk] != 0) {
            $pid = pid;
            $comm = comm;
            if (@pid[$sk] != 0) { $pid = @pid[$sk]; $comm = @comm[$sk]; }
            $tcp = (struct tcp_sock *)$sk;
            $local = ntop(args.saddr);
            $remote = ntop(args.daddr);
            if (args.family == 10) { $local = ntop(args.saddr_v6); $remote = ntop(args.daddr_v6); }
            if (${o.pid === undefined ? "true" : `$pid == ${o.pid}`}) {
              print((nsecs, $pid, $comm, (uint64)args.family, $local, (uint64)args.sport, $remote, (uint64)args.dport,
                $tcp->bytes_acked, $tcp->bytes_received, nsecs - @born[$sk]));
            }
          }
          delete(@born, $sk);
          delete(@pid, $sk);
          delete(@comm, $sk);
        }
      }`,
      event: ([ns, pid, comm, family, local, lport, remote, rport, sent, received, took], look) => ({
        ...{
          time: look.clock(),
          seconds: look.since(num(ns)),
          pid: num(pid),
          comm: text(comm),
          ip: ipVersion(num(family)),
        },
        ...{ localAddress: text(local), localPort: num(lport), remoteAddress: text(remote), remotePort: num(rport) },
        ...{ sentBytes: num(sent), receivedBytes: num(received), ms: num(took) / 1e6 },
      }),
      ...layout(o),
    };
  },
});

function layout(o: {
  readonly time: boolean;
  readonly timestamp: boolean;
  readonly wide: boolean;
  readonly csv: boolean;
}) {
  const [address, kb, comm, ip] = o.wide ? ["%-26s", "6", "%-16.16s", ["%-2s"]] : ["%-15s", "5", "%-10.10s", []];
  const columns: readonly Column<TcpLife>[] = [
    ...when<TcpLife>(o.time, ["TIME", "%-8s", "%-8s", (row) => row.time]),
    ...when<TcpLife>(o.timestamp, ["TIME(s)", "%-9s", "%-9.6f", (row) => row.seconds]),
    ["PID", "%-5s", "%-5d", (row) => row.pid],
    ["COMM", comm, comm, (row) => row.comm],
    ...ip.map((cell): Column<TcpLife> => ["IP", cell, cell, (row) => row.ip]),
    ["LADDR", address, address, (row) => row.localAddress],
    ["LPORT", "%-5s", "%-5d", (row) => row.localPort],
    ["RADDR", address, address, (row) => row.remoteAddress],
    ["RPORT", "%-5s", "%-5d", (row) => row.remotePort],
    ["TX_KB", `%${kb}s`, `%${kb}d`, (row) => row.sentBytes / 1024],
    ["RX_KB", `%${kb}s`, `%${kb}d`, (row) => row.receivedBytes / 1024],
    ["MS", "%s", "%.2f", (row) => row.ms],
  ];
  if (!o.csv) return { columns };
  const names = ["PID", "COMM", "IP", "LADDR", "LPORT", "RADDR", "RPORT", "TX_KB", "RX_KB", "MS"];
  return {
    banner: `${names.join(",")}\n`,
    line: (row: TcpLife): string =>
      `${[row.pid, row.comm, row.ip, row.localAddress, row.localPort, row.remoteAddress, row.remotePort, Math.floor(row.sentBytes / 1024), Math.floor(row.receivedBytes / 1024), row.ms.toFixed(2)].join(",")}\n`,
  };
}
