import { filter, is, oneOfPorts, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One `bind`. */
export interface Bind {
  readonly seconds: number;
  readonly uid: number;
  readonly errno: number;
  readonly pid: number;
  readonly comm: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** What the socket was told before: `F` freebind, `T` transparent, `N` bind address no port, `R` reuse address, `r` reuse port. */
  readonly options: string;
  readonly interface: number;
}

const PROTOCOLS: Readonly<Record<number, string>> = { 1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPV6", 132: "SCTP" };

/** Sockets that get an address. */
export const bindsnoop = tool({
  name: "bindsnoop",
  summary: "Trace TCP binds",
  about: "kprobe and kretprobe on inet_bind (and inet6_bind); a hash by thread keeps the socket until the call returns",
  options: {
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    wide: { flags: ["-w", "--wide"], kind: "flag", help: "wide column output (fits IPv6 addresses)" },
    pid: PID,
    port: { flags: ["-P", "--port"], kind: "text", help: "comma-separated list of ports to trace." },
    errors: { flags: ["-E", "--errors"], kind: "flag", help: "include errors in the output." },
    printUid: { flags: ["-U", "--print-uid"], kind: "flag", help: "include UID on output" },
    uid: { flags: ["-u", "--uid"], kind: "int", help: "trace this UID only" },
  },
  plan: (o): Plan<Bind> => {
    const wanted = [oneOfPorts("$port", o.port), !o.errors && "$ret == 0"].filter((word) => word !== false);
    const [pid, address] = o.wide ? ["10", "39"] : ["8", "15"];
    return {
      program: `
      kprobe:inet_bind, kprobe:inet6_bind ${filter(is("pid", o.pid), is("uid", o.uid))} { @socket[tid] = arg0; }
      kretprobe:inet_bind, kretprobe:inet6_bind /@socket[tid]/ {
        $sk = ((struct socket *)@socket[tid])->sk;
        $inet = (struct inet_sock *)$sk;
        $ret = (int64)(int32)retval;
        $port = (uint64)bswap($inet->inet_sport);
        $address = ntop($inet->inet_saddr);
        if ($sk->__sk_common.skc_family == 10) { $address = ntop($sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8); }
        $flags = $inet->inet_flags;
        $options = (uint64)((($flags >> 4) & 1) | ((($flags >> 6) & 1) << 1) | ((($flags >> 9) & 1) << 2)
          | ((uint64)$sk->__sk_common.skc_reuse << 3) | ((uint64)$sk->__sk_common.skc_reuseport << 4));
        if (${["true", ...wanted].join(" && ")}) {
          print((nsecs, uid, $ret, pid, comm, (uint64)$sk->sk_protocol, $address, $port, $options,
            (uint64)$sk->__sk_common.skc_bound_dev_if));
        }
        delete(@socket, tid);
      }`,
      banner: "Tracing binds ... Hit Ctrl-C to end\n",
      event: ([ns, uid, ret, process, comm, protocol, where, port, bits, device], look) => ({
        ...{ seconds: look.since(num(ns)), uid: num(uid), errno: -num(ret), pid: num(process), comm: text(comm) },
        protocol: PROTOCOLS[num(protocol)] ?? "UNKNOWN",
        ...{ address: text(where), port: num(port), interface: num(device) },
        options: Array.from("FTNRr", (letter, bit) => ((num(bits) >> bit) & 1 ? letter : ".")).join(""),
      }),
      columns: [
        ...when<Bind>(o.timestamp, ["TIME(s)", "%-9s", "%-9.6f", (row) => row.seconds]),
        ...when<Bind>(o.printUid, ["UID", "%6s", "%6d", (row) => row.uid]),
        ...when<Bind>(o.errors, ["RC", "%3s", "%3s", (row) => row.errno]),
        ["PID", `%${pid}s`, `%${pid}d`, (row) => row.pid],
        ["COMM", "%-12.12s", "%-12.12s", (row) => row.comm],
        ["PROT", "%-4s", o.wide ? "%-4s" : "%-4.4s", (row) => row.protocol],
        ["ADDR", `%-${address}s`, o.wide ? "%-39s" : "%-15.15s", (row) => row.address],
        ["PORT", "%-5s", "%5d", (row) => row.port],
        ["OPTS", "%5s", "%-5s", (row) => row.options],
        ["IF", "%2s", "%2d", (row) => row.interface],
      ],
    };
  },
});
