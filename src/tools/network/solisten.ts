import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One `listen`. */
export interface Listen {
  readonly pid: number;
  readonly comm: string;
  readonly netns: number;
  readonly protocol: string;
  readonly backlog: number;
  readonly port: number;
  readonly address: string;
}

/** Sockets that begin to listen. */
export const solisten = tool({
  name: "solisten",
  summary: "Stream sockets listen",
  about: "a kprobe on inet_listen; no map",
  options: {
    showNetns: { flags: ["--show-netns"], kind: "flag", help: "show network namespace" },
    pid: PID,
    netns: { flags: ["-n", "--netns"], kind: "int", help: "trace this Network Namespace only" },
  },
  plan: (o): Plan<Listen> => ({
    program: `
      kprobe:inet_listen ${filter(is("pid", o.pid))} {
        $sk = ((struct socket *)arg0)->sk;
        $netns = (uint64)$sk->__sk_common.skc_net.net->ns.inum;
        $address = ntop($sk->__sk_common.skc_rcv_saddr);
        if ($sk->__sk_common.skc_family == 10) { $address = ntop($sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8); }
        if (${is("$netns", o.netns) || "true"}) {
          print((pid, comm, $netns, (uint64)$sk->__sk_common.skc_family, (uint64)(uint32)arg1,
            (uint64)$sk->__sk_common.skc_num, $address));
        }
      }`,
    event: ([pid, comm, netns, family, backlog, port, address]) => ({
      ...{ pid: num(pid), comm: text(comm), netns: num(netns), protocol: num(family) === 10 ? "TCPv6" : "TCPv4" },
      ...{ backlog: num(backlog), port: num(port), address: text(address) },
    }),
    columns: [
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["COMM", "%-12s", "%-12.12s", (row) => row.comm],
      ...when<Listen>(o.showNetns, ["NETNS", "%-12s", "%-12s", (row) => row.netns]),
      ["PROTO", "%-6s", "%-6s", (row) => row.protocol],
      ["BACKLOG", "%-8s", "%-8s", (row) => row.backlog],
      ["PORT", "%-5s", "%-5s", (row) => row.port],
      ["ADDR", "%-39s", "%-39s", (row) => row.address],
    ],
  }),
});
