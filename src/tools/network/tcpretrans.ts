import { filter, IPV4, IPV6 } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { familyIs, ipVersion, TCP_STATES } from "./address.ts";

/** One segment that was sent again; or, counted, one connection. */
export interface Retransmit {
  readonly time: string;
  readonly pid: number;
  readonly ip: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly state: string;
  /** How many, with `-c`; else 1. */
  readonly count: number;
}

/** Segments that are sent again. */
export const tcpretrans = tool({
  name: "tcpretrans",
  summary: "Trace TCP retransmits",
  about: "tracepoint tcp_retransmit_skb; with -c a per-CPU hash by connection counts",
  options: {
    count: { flags: ["-c", "--count"], kind: "flag", help: "count occurred retransmits per flow" },
    ipv4: IPV4,
    ipv6: IPV6,
  },
  plan: (o): Plan<Retransmit> => {
    const COMMON = {
      program: `
      tracepoint:tcp:tcp_retransmit_skb ${filter(familyIs("args.family", o))} {
        $local = ntop(args.saddr);
        $remote = ntop(args.daddr);
        if (args.family == 10) { $local = ntop(args.saddr_v6); $remote = ntop(args.daddr_v6); }
        ${
          o.count
            ? "@count[(uint64)args.family, $local, (uint64)args.sport, $remote, (uint64)args.dport] = count();"
            : "print((pid, (uint64)args.family, $local, (uint64)args.sport, $remote, (uint64)args.dport, (uint64)args.state));"
        }
      }`,
      banner: "Tracing retransmits ... Hit Ctrl-C to end\n",
    };
    if (o.count)
      return {
        ...COMMON,
        report: (look) => {
          const rows = look.entries("count").map(
            ({ key: [family, local, lport, remote, rport], value }): Retransmit => ({
              ...{
                time: look.clock(),
                pid: 0,
                ip: ipVersion(num(family)),
                localAddress: text(local),
                localPort: num(lport),
              },
              ...{ remoteAddress: text(remote), remotePort: num(rport), state: "", count: value },
            }),
          );
          const head = format("\n%-25s %-25s %-10s\n", ["LADDR:LPORT", "RADDR:RPORT", "RETRANSMITS"]);
          const lines = rows.map((row) => {
            const [left, right] = [
              `[${row.localAddress}]#${row.localPort}`,
              `[${row.remoteAddress}]#${row.remotePort}`,
            ];
            return format("%-20s <-> %-20s %10d\n", [left, right, row.count]);
          });
          return { text: head + lines.join(""), rows };
        },
      };
    return {
      ...COMMON,
      event: ([pid, family, local, lport, remote, rport, state], look) => ({
        ...{
          time: look.clock(),
          pid: num(pid),
          ip: ipVersion(num(family)),
          localAddress: text(local),
          localPort: num(lport),
        },
        ...{ remoteAddress: text(remote), remotePort: num(rport), count: 1 },
        state: TCP_STATES[num(state)] ?? String(num(state)),
      }),
      columns: [
        ["TIME", "%-8s", "%-8s", (row) => row.time],
        ["PID", "%-7s", "%-7d", (row) => row.pid],
        ["IP", "%-2s", "%-2d", (row) => row.ip],
        ["LADDR:LPORT", "%-20s", "%-20s", (row) => `${row.localAddress}:${row.localPort}`],
        ["T", "%1s>", "%1s>", () => "R"],
        ["RADDR:RPORT", "%-20s", "%-20s", (row) => `${row.remoteAddress}:${row.remotePort}`],
        ["STATE", "%-4s", "%s", (row) => row.state],
      ],
    };
  },
});
