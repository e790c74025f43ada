import { COUNT, EVERY_SECOND, filter, IPV4, IPV6, is, PID } from "../frame/common.ts";
import type { Look, Value } from "../frame/look.ts";
import { tableText } from "../frame/run.ts";
import { type Column, type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { ADDRESSES, familyIs, ipVersion } from "./address.ts";

/** What went over one connection in an interval. */
export interface TcpUse {
  readonly pid: number;
  readonly comm: string;
  readonly ip: 4 | 6;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

const columns = (ip: 4 | 6): readonly Column<TcpUse>[] => {
  const [address, six] = ip === 6 ? ["%-32s", "6"] : ["%-21s", ""];
  return [
    ["PID", "%-7s", "%-7d", (row) => row.pid],
    ["COMM", "%-12s", "%-12.12s", (row) => row.comm],
    [`LADDR${six}`, address, address, (row) => `${row.localAddress}:${row.localPort}`],
    [`RADDR${six}`, address, address, (row) => `${row.remoteAddress}:${row.remotePort}`],
    ["RX_KB", "%6s", "%6d", (row) => row.receivedBytes / 1024],
    ["TX_KB", "%6s", "%6d", (row) => row.sentBytes / 1024],
  ];
};

function uses(look: Look): TcpUse[] {
  const all = new Map<string, { key: readonly Value[]; sent: number; received: number }>();
  for (const name of ["sent", "received"] as const)
    for (const { key, value } of look.entries(name)) {
      const id = JSON.stringify(key);
      all.set(id, { ...(all.get(id) ?? { key, sent: 0, received: 0 }), [name]: value });
    }
  return [...all.values()]
    .map(
      ({ key: [pid, family, local, lport, remote, rport], sent, received }): TcpUse => ({
        ...{ pid: num(pid), comm: look.comm(num(pid)) ?? String(num(pid)), ip: ipVersion(num(family)) },
        ...{ localAddress: text(local), localPort: num(lport), remoteAddress: text(remote), remotePort: num(rport) },
        ...{ receivedBytes: received, sentBytes: sent },
      }),
    )
    .sort((a, b) => b.sentBytes + b.receivedBytes - a.sentBytes - a.receivedBytes);
}

/** Which connections carry most. */
export const tcptop = tool({
  name: "tcptop",
  summary: "Summarize TCP send/recv throughput by host",
  about: "kprobes on tcp_sendmsg and tcp_cleanup_rbuf; two per-CPU hashes add up bytes by process and connection",
  options: {
    noclear: { flags: ["-C", "--noclear"], kind: "flag", help: "don't clear the screen" },
    nosummary: { flags: ["-S", "--nosummary"], kind: "flag", help: "skip system summary line" },
    pid: PID,
    interval: EVERY_SECOND,
    count: COUNT,
    ipv4: IPV4,
    ipv6: IPV6,
  },
  plan: (o): Plan<TcpUse> => {
    const one = (hook: string, map: string, bytes: string, wanted: string | false) => `
      kprobe:${hook} ${filter(is("pid", o.pid), wanted)} {
        $sk = (struct sock *)arg0;
        ${ADDRESSES}
        if (${familyIs("$family", o) || "true"}) {
          @${map}[pid, (uint64)$family, $local, $lport, $remote, $rport] = sum(${bytes});
        }
      }`;
    return {
      program:
        one("tcp_sendmsg", "sent", "arg2", false) +
        one("tcp_cleanup_rbuf", "received", "(int32)arg1", "(int32)arg1 > 0"),
      banner: `Tracing... Output every ${o.interval} secs. Hit Ctrl-C to end\n`,
      interval: o.interval,
      count: o.count,
      report: (look) => {
        const rows = uses(look);
        look.clear("sent", "received");
        const head = o.nosummary ? "\n" : `\n${look.clock().padEnd(8)} loadavg: ${look.file("/proc/loadavg")}\n`;
        const tables = ([4, 6] as const).map((ip) => {
          const shown = rows.filter((row) => row.ip === ip);
          return shown.length === 0 ? "" : (ip === 6 ? "\n" : "") + tableText(columns(ip), shown);
        });
        return { text: head + tables.join(""), rows };
      },
    };
  },
});
