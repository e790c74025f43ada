import { filter, IPV4, IPV6, is, oneOfPorts, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { ADDRESSES, familyIs, ipVersion } from "./address.ts";

/** One connection that a process of the machine took. */
export interface Accept {
  readonly time: string;
  readonly seconds: number;
  readonly pid: number;
  readonly comm: string;
  readonly ip: 4 | 6;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** Connections that processes accept. */
export const tcpaccept = tool({
  name: "tcpaccept",
  summary: "Trace TCP accepts",
  about: "a kretprobe on inet_csk_accept, whose result is the new socket; no map",
  options: {
    time: { flags: ["-T", "--time"], kind: "flag", help: "include time column on output (HH:MM:SS)" },
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    pid: PID,
    port: { flags: ["-P", "--port"], kind: "text", help: "comma-separated list of local ports to trace" },
    ipv4: IPV4,
    ipv6: IPV6,
  },
  plan: (o): Plan<Accept> => {
    const wanted = [oneOfPorts("$lport", o.port), familyIs("$family", o)].filter((word) => word !== false);
    return {
      program: `
      kretprobe:inet_csk_accept ${filter("retval != 0", is("pid", o.pid))} {
        $sk = (struct sock *)retval;
        ${ADDRESSES}
        if (${["true", ...wanted].join(" && ")}) {
          print((nsecs, pid, comm, (uint64)$family, $remote, $rport, $local, $lport));
        }
      }`,
      event: ([ns, pid, comm, family, remote, rport, local, lport], look) => ({
        ...{
          time: look.clock(),
          seconds: look.since(num(ns)),
          pid: num(pid),
          comm: text(comm),
          ip: ipVersion(num(family)),
        },
        ...{ remoteAddress: text(remote), remotePort: num(rport), localAddress: text(local), localPort: num(lport) },
      }),
      columns: [
        ...when<Accept>(o.time, ["TIME", "%-8s", "%-8s", (row) => row.time]),
        ...when<Accept>(o.timestamp, ["TIME(s)", "%-8s", "%-8.3f", (row) => row.seconds]),
        ["PID", "%-7s", "%-7d", (row) => row.pid],
        ["COMM", "%-12s", "%-12.12s", (row) => row.comm],
        ["IP", "%-2s", "%-2d", (row) => row.ip],
        ["RADDR", "%-16s", "%-16s", (row) => row.remoteAddress],
        ["RPORT", "%-5s", "%-5d", (row) => row.remotePort],
        ["LADDR", "%-16s", "%-16s", (row) => row.localAddress],
        ["LPORT", "%-5s", "%-5d", (row) => row.localPort],
      ],
    };
  },
});
