/**
 * What bpftrace programs cost: from a text to the first line of output, and each event of the syllabus's one-liners, once by hand
 * (the program alone) and once on a busy machine (with the simulation). `node bench/bpftrace.ts`
 */
import { Session } from "../src/bpftrace/run/session.ts";
import { Machine, workloads } from "../src/index.ts";

const ONE_LINERS: Readonly<Record<string, string>> = {
  "system calls by process": "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }",
  "sizes of reads": "tracepoint:syscalls:sys_exit_read /args.ret >= 0/ { @bytes = hist(args.ret); }",
  "files opened": 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args.filename)); }',
  "stacks on the CPU": "profile:hz:99 { @[kstack] = count(); }",
};

const BODIES: Readonly<Record<string, string>> = {
  nothing: "",
  "@ = count()": "@ = count();",
  "@[comm] = count()": "@[comm] = count();",
  "@ = hist(nsecs)": "@ = hist(nsecs);",
  "@ = lhist(rand % 100, 0, 100, 10)": "@ = lhist(rand % 100, 0, 100, 10);",
  "@t[tid] = nsecs": "@t[tid] = nsecs;",
};

/** The best of some rounds: others run on this computer, too. */
function best(rounds: number, round: () => number): number {
  return Math.min(...Array.from({ length: rounds }, round));
}

const busy = (): Machine => {
  const machine = new Machine({ cpus: 2, seed: 7 });
  machine.spawn(workloads.webServer({ rate: 2000 }));
  return machine;
};

console.log("from the text to the first line");
for (const [name, text] of Object.entries(ONE_LINERS)) {
  const start = performance.now();
  let first: number | undefined;
  const program = `${text} interval:ms:1 { printf("x"); exit(); }`;
  const listener = () => {
    first ??= performance.now();
  };
  const machine = busy();
  const session = new Session(machine, { name: "bench", text: program }, { listener, banner: false });
  session.attach();
  await session.run(() => machine.run("10ms"));
  session.finish();
  console.log(`  ${name.padEnd(36)} ${((first ?? performance.now()) - start).toFixed(0)} ms`);
}

console.log("one event, by hand");
for (const [name, body] of Object.entries(BODIES)) {
  const session = new Session(new Machine(), { name: "bench", text: `bench:x { ${body} }` }, { banner: false });
  const [probe] = session.probesOf("bench");
  const runs = 100_000;
  const ms = best(5, () => {
    const start = performance.now();
    for (let run = 0; run < runs; run++) session.runByHand(probe!);
    return performance.now() - start;
  });
  session.close();
  console.log(`  ${name.padEnd(36)} ${((ms * 1e6) / runs).toFixed(0)} ns`);
}

console.log("on a machine that answers 2000 requests a second: events a second of real time");
for (const [name, text] of Object.entries({ "no program": undefined, ...ONE_LINERS })) {
  const machine = busy();
  const session = text === undefined ? undefined : new Session(machine, { name: "bench", text }, { banner: false });
  session?.attach();
  const start = performance.now();
  const { syscalls, events } = await machine.run("1s");
  const ms = performance.now() - start;
  const hit = Object.values(events).reduce((sum, count) => sum + count, 0);
  session?.finish();
  const per = (count: number) => Math.round((count * 1000) / ms).toLocaleString("en");
  console.log(`  ${name.padEnd(36)} ${per(hit)} events, ${per(syscalls)} system calls`);
}
