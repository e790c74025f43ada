import { filter, IPV4, IPV6, is, oneOfPorts, PID } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { ADDRESSES, familyIs, ipVersion } from "./address.ts";

/** One connection that a process of the machine opened; or, counted, one destination. */
export interface Connect {
  readonly seconds: number;
  readonly uid: number;
  readonly pid: number;
  readonly comm: string;
  readonly ip: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** How many, with `-c`; else 1. */
  readonly count: number;
}

/** Connections that processes open. */
export const tcpconnect = tool({
  name: "tcpconnect",
  summary: "Trace TCP connects",
  about:
    "kprobes and kretprobes on tcp_v4_connect and tcp_v6_connect; a hash by thread keeps the socket until the call returns",
  options: {
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    pid: PID,
    port: { flags: ["-P", "--port"], kind: "text", help: "comma-separated list of destination ports to trace." },
    ipv4: IPV4,
    ipv6: IPV6,
    lport: { flags: ["-L", "--lport"], kind: "flag", help: "include LPORT on output" },
    printUid: { flags: ["-U", "--print-uid"], kind: "flag", help: "include UID on output" },
    uid: { flags: ["-u", "--uid"], kind: "int", help: "trace this UID only" },
    count: { flags: ["-c", "--count"], kind: "flag", help: "count connects per src ip and dest ip/port" },
  },
  plan: (o): Plan<Connect> => {
    const wanted = [oneOfPorts("$rport", o.port), familyIs("$family", o)].filter((word) => word !== false);
    const out = o.count
      ? "@connects[$local, $remote, $rport] = count();"
      : "print((nsecs, uid, pid, comm, (uint64)$family, $local, $lport, $remote, $rport));";
    const COMMON = {
      program: `
      kprobe:tcp_v4_connect, kprobe:tcp_v6_connect ${filter(is("pid", o.pid), is("uid", o.uid))} { @socket[tid] = arg0; }
      kretprobe:tcp_v4_connect, kretprobe:tcp_v6_connect /@socket[tid]/ {
        $sk = (struct sock *)@socket[tid];
        ${ADDRESSES}
        if ((int64)retval == 0${wanted.map((word) => ` && ${word}`).join("")}) { ${out} }
        delete(@socket, tid);
      }`,
      banner: "Tracing connect ... Hit Ctrl-C to end\n",
    };
    if (o.count)
      return {
        ...COMMON,
        report: (look) => {
          const rows = [...look.entries("connects")].reverse().map(
            ({ key: [local, remote, port], value }): Connect => ({
              ...{
                seconds: 0,
                uid: 0,
                pid: 0,
                comm: "",
                ip: text(remote).includes(":") ? 6 : 4,
                localPort: 0,
                count: value,
              },
              ...{ localAddress: text(local), remoteAddress: text(remote), remotePort: num(port) },
            }),
          );
          const head = format("\n%-25s %-25s %-20s %-10s\n", ["LADDR", "RADDR", "RPORT", "CONNECTS"]);
          const lines = rows.map((row) =>
            format("%-25s %-25s %-20s %-10d\n", [row.localAddress, row.remoteAddress, row.remotePort, row.count]),
          );
          return { text: head + lines.join(""), rows };
        },
      };
    return {
      ...COMMON,
      event: ([ns, uid, pid, comm, family, local, lport, remote, rport], look) => ({
        ...{ seconds: look.since(num(ns)), uid: num(uid), pid: num(pid), comm: text(comm), ip: ipVersion(num(family)) },
        ...{
          localAddress: text(local),
          localPort: num(lport),
          remoteAddress: text(remote),
          remotePort: num(rport),
          count: 1,
        },
      }),
      columns: [
        ...when<Connect>(o.timestamp, ["TIME(s)", "%-8s", "%-8.3f", (row) => row.seconds]),
        ...when<Connect>(o.printUid, ["UID", "%-5s", "%-5d", (row) => row.uid]),
        ["PID", "%-7s", "%-7d", (row) => row.pid],
        ["COMM", "%-12s", "%-12.12s", (row) => row.comm],
        ["IP", "%-2s", "%-2d", (row) => row.ip],
        ["SADDR", "%-16s", "%-16s", (row) => row.localAddress],
        ...when<Connect>(o.lport, ["LPORT", "%-6s", "%-6d", (row) => row.localPort]),
        ["DADDR", "%-16s", "%-16s", (row) => row.remoteAddress],
        ["DPORT", "%-6s", "%-6d", (row) => row.remotePort],
      ],
    };
  },
});
