import { filter, is, PID } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One piece of text that went through TLS. */
export interface SslData {
  readonly call: "READ/RECV" | "WRITE/SEND";
  readonly seconds: number;
  readonly comm: string;
  readonly pid: number;
  readonly length: number;
  readonly data: string;
  /** Bytes that the tool did not take. */
  readonly missing: number;
}

/** Bytes of a call that the tool keeps. */
const KEPT = 512;

/** What is said over TLS, before it is encrypted. */
export const sslsniff = tool({
  name: "sslsniff",
  summary: "Sniff SSL data",
  about:
    "uprobes and uretprobes on libssl's SSL_read and SSL_write; a hash by thread keeps the buffer until the call returns",
  options: {
    pid: { ...PID, help: "sniff this PID only." },
    uid: { flags: ["-u", "--uid"], kind: "int", help: "sniff this UID only." },
    comm: { flags: ["-c", "--comm"], kind: "text", help: "sniff only commands matching string." },
  },
  plan: (o): Plan<SslData> => ({
    program: `
      uprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_write, uprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_read
      ${filter(is("pid", o.pid), is("uid", o.uid))} { @buffer[tid] = arg1; }
      ${(["SSL_write", "SSL_read"] as const)
        .map(
          (name) => `uretprobe:/usr/lib/x86_64-linux-gnu/libssl.so.3:${name} /@buffer[tid]/ {
        $length = (int64)(int32)retval;
        if ($length > 0) {
          print(("${name === "SSL_write" ? "WRITE/SEND" : "READ/RECV"}", nsecs, comm, pid, $length, buf(@buffer[tid], $length > ${KEPT} ? ${KEPT} : $length)));
        }
        delete(@buffer, tid);
      }`,
        )
        .join("\n      ")}`,
    banner: format("%-12s %-18s %-16s %-7s %-6s\n", ["FUNC", "TIME(s)", "COMM", "PID", "LEN"]),
    event: ([call, ns, comm, pid, length, data], look) => {
      if (o.comm !== undefined && text(comm) !== o.comm) return undefined;
      return {
        call: text(call) === "READ/RECV" ? "READ/RECV" : "WRITE/SEND",
        ...{ seconds: look.since(num(ns)), comm: text(comm), pid: num(pid), length: num(length), data: text(data) },
        missing: Math.max(0, num(length) - KEPT),
      };
    },
    line: ({ call, seconds, comm, pid, length, data, missing }) => {
      const end = missing === 0 ? "----- END DATA -----" : `----- END DATA (TRUNCATED, ${missing} bytes lost) -----`;
      const head = format("%-12s %-18.9f %-16s %-7d %-6d", [call, seconds, comm, pid, length]);
      return `${head}\n----- DATA -----\n${data}\n${end}\n\n`;
    },
  }),
});
