import { filter, is, PID, TIMESTAMP } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import type { StackRow } from "../frame/stacks.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, stack, text } from "../frame/values.ts";
import { placesOf, tracingBanner } from "./probe-pattern.ts";

/** From where functions are called. */
export const stackcount = tool({
  name: "stackcount",
  summary: "Count events and their stack traces",
  about: "kprobes, uprobes, tracepoints or static probes, as the pattern says; a per-CPU hash by stacks counts",
  options: {
    pid: PID,
    cpu: { flags: ["-c", "--cpu"], kind: "int", help: "trace this CPU only" },
    interval: { flags: ["-i", "--interval"], kind: "int", help: "summary interval, seconds" },
    duration: { flags: ["-D", "--duration"], kind: "int", help: "total duration of trace, seconds" },
    timestamp: TIMESTAMP,
    regexp: {
      flags: ["-r", "--regexp"],
      kind: "flag",
      help: 'use regular expressions. Default is "*" wildcards only.',
    },
    offset: { flags: ["-s", "--offset"], kind: "flag", help: "show address offsets" },
    perpid: { flags: ["-P", "--perpid"], kind: "flag", help: "display stacks separately for each process" },
    kernel: { flags: ["-K", "--kernel-stacks-only"], kind: "flag", help: "kernel stack only" },
    user: { flags: ["-U", "--user-stacks-only"], kind: "flag", help: "user stack only" },
    verbose: { flags: ["-v", "--verbose"], kind: "flag", help: "show raw addresses" },
    delimited: { flags: ["-d", "--delimited"], kind: "flag", help: "insert delimiter between kernel/user stacks" },
    folded: { flags: ["-f", "--folded"], kind: "flag", help: "output folded format" },
    pattern: { kind: "text", required: true, help: "search expression for events" },
  },
  plan: (o, linux): Plan<StackRow> => {
    const places = placesOf(linux, o.pattern, o.regexp);
    const banner = tracingBanner(places, o.pattern);
    const kernel = o.user || (places.kind === "user" && !o.kernel) ? "0" : "kstack(perf)";
    const user = o.kernel ? "0" : "ustack(perf)";
    const who = o.perpid ? ", pid, comm" : "";
    return {
      program: `${places.probes.join(",\n")} ${filter(is("pid", o.pid), is("cpu", o.cpu))} { @stacks[${kernel}, ${user}${who}] = count(); }`,
      banner: o.folded ? "" : banner,
      interval: o.interval ?? o.duration,
      duration: o.duration,
      report: (look) => {
        const entries = look.entries("stacks");
        look.clear("stacks");
        const frame = (address: bigint): string => {
          const raw = o.verbose ? format("%-16x ", [address]) : "";
          return `  ${raw}${look.symbol(address, o.offset)}\n`;
        };
        const rows: StackRow[] = [];
        const blocks = entries.map(({ key: [left, right, pid, comm], value }) => {
          const [inKernel, inUser] = [stack(left), stack(right)];
          rows.push({ pid: num(pid), comm: text(comm), kernel: inKernel.functions, user: inUser.functions, value });
          if (o.folded) {
            const between = o.delimited && inKernel.functions.length > 0 && inUser.functions.length > 0 ? ["-"] : [];
            const frames = [...[...inUser.functions].reverse(), ...between, ...[...inKernel.functions].reverse()];
            return `${[...(o.perpid ? [text(comm)] : []), ...frames].join(";")} ${value}\n`;
          }
          const between = o.delimited && inKernel.addresses.length > 0 && inUser.addresses.length > 0 ? "    --\n" : "";
          const owner = o.perpid ? `    ${text(comm)} [${num(pid)}]\n` : "";
          return `${inKernel.addresses.map(frame).join("")}${between}${inUser.addresses.map(frame).join("")}${owner}    ${value}\n\n`;
        });
        return { text: `${o.folded ? "" : "\n"}${o.timestamp ? `${look.clock()}\n` : ""}${blocks.join("")}`, rows };
      },
      farewell: o.folded ? "" : "Detaching...\n",
    };
  },
});
