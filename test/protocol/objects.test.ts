import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, KernelClient, resultText, streamText } from "./kernel-client.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/objects/", import.meta.url));

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

const copy = (name: string, as = name): void => copyFileSync(join(FIXTURES, name), join(kernel.folder, as));

/** A cell that must succeed. */
async function run(code: string): Promise<Answer> {
  const answer = await kernel.execute(code);
  expect(answer.reply).toMatchObject({ status: "ok" });
  return answer;
}

/** What the cursor at the end of a text is offered. */
async function completions(code: string): Promise<readonly string[]> {
  const { reply } = await kernel.request("complete_request", { code, cursor_pos: code.length });
  return reply["matches"] as string[];
}

const traceback = ({ reply }: Answer): string => (reply["traceback"] as string[]).join("\n");

describe("import of an object file", () => {
  test("opens, loads and attaches; records, maps, programs and constants have the types of C", async () => {
    copy("execsnoop.bpf.o");
    copy("globals.bpf.o");
    await run('import { Machine, workloads } from "bpfbook";\nimport skel from "./execsnoop.bpf.o";');
    const seen = await run(`const m = new Machine({ seed: 3 });
const snoop = skel.open(m).load().attach();
m.spawn(workloads.readFiles());
const names: string[] = [];
for await (const event of snoop.maps.events.follow({ for: "50ms" })) names.push(event.filename + event.ppid.toFixed(0));
[names[0], snoop.links.trace_execve?.attached]`);
    expect(resultText(seen)).toBe("[ '/usr/bin/cat1000', true ]");
    expect(await completions("snoop.maps.")).toContain("events");
    expect(await completions("snoop.progs.")).toEqual(["trace_execve"]);
    const wrong = await kernel.execute("const text: string = names.length;");
    expect(wrong.reply).toMatchObject({ ename: "TypeCheckError" });
    const constant = 'import globals from "./globals.bpf.o"; const g = globals.open(m); g.rodata.wanted_length';
    expect(resultText(await run(`${constant} = 64; g.rodata.wanted_length`))).toBe("64");
    const typed = await kernel.execute(`${constant} = "64";`);
    expect(traceback(typed)).toMatch(/Type 'string' is not assignable to type 'number'/);
    const unknown = await kernel.execute("snoop.maps.event");
    expect(traceback(unknown)).toMatch(/Property 'event' does not exist.*Did you mean 'events'/s);
  });

  test("an object that was compiled anew is read anew, with its types", async () => {
    copy("globals.bpf.o", "changing.bpf.o");
    expect(resultText(await run('import one from "./changing.bpf.o"; Object.keys(one.open(m).progs)'))).toBe(
      "[ 'count' ]",
    );
    copy("percpu_ring.bpf.o", "changing.bpf.o");
    expect(resultText(await run('import one from "./changing.bpf.o"; one.open(m).progs.on_read.section'))).toMatch(
      /tracepoint/,
    );
  });

  test("what is no object is an error of its import, in the loader's words", async () => {
    writeFileSync(join(kernel.folder, "broken.bpf.o"), "no object");
    const broken = await kernel.execute('import broken from "./broken.bpf.o";');
    expect(broken.reply).toMatchObject({ ename: "ElfError" });
    const missing = await kernel.execute('import missing from "./missing.bpf.o";');
    expect(traceback(missing)).toMatch(/Cannot find module '.\/missing.bpf.o'/);
  });
});

const reason = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";

describe.skipIf(reason !== "")(`%%c cells${reason}`, () => {
  const HEADER = '#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n';

  test("compile; the cells after them have the object by its name, with its types", async () => {
    const cell = await run(`%%c reads -DSTEP=2
${HEADER}const volatile int uid = -1;
u64 calls;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, u32); __type(value, u64); } by_pid SEC(".maps");
SEC("tracepoint/syscalls/sys_exit_read")
int count(void *ctx) {
    calls += STEP;
    return 0;
}
char LICENSE[] SEC("license") = "GPL";`);
    expect(streamText(cell)).toBe("reads: count (tracepoint/syscalls/sys_exit_read); maps: by_pid\n");
    const after = await run(`const object = reads.open(m);
object.rodata.uid = 5;
object.load().attach();
await m.run("100ms");
const total: bigint = object.bss.calls;
total > 0n && total % 2n === 0n`);
    expect(resultText(after)).toBe("true");
    expect(await completions("object.maps.by_")).toEqual(["by_pid"]);
    const wrong = await kernel.execute("reads.open(m).bss.call");
    expect(traceback(wrong)).toMatch(/Property 'call' does not exist.*Did you mean 'calls'/s);
  });

  test("run again under the same name they are the new object", async () => {
    await run(`%%c reads\n${HEADER}int other;\nSEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS + other; }`);
    expect(resultText(await run("Object.keys(reads.open(m).progs).join()"))).toBe("'pass'");
    expect(await completions("reads.open(m).bss.")).toEqual(["other"]);
  });

  test("faults are shown at their line of the cell", async () => {
    const faulty = await kernel.execute(
      `%%c faulty\n${HEADER}SEC("xdp")\nint pass(struct xdp_md *ctx) {\n    return 2\n}`,
    );
    expect(faulty.reply).toMatchObject({ ename: "ClangError" });
    expect(faulty.reply["evalue"]).toMatch(/faulty\.bpf\.c:6:13: error: expected ';' after return statement/);
    expect(traceback(faulty)).toMatch(/6 .*return 2/);
    const nameless = await kernel.execute("%%c\nint x;");
    expect(nameless.reply["evalue"]).toMatch(/%%c must be a name.*%%c NAME/);
  });

  test("what the verifier refuses has the line of the cell", async () => {
    await run(
      `%%c bad\n${HEADER}SEC("xdp")\nint load(struct xdp_md *ctx) {\n    return *(u8 *)(long)ctx->data;\n}\nchar LICENSE[] SEC("license") = "GPL";`,
    );
    const refused = await kernel.execute("bad.open(m).load()");
    expect(refused.reply).toMatchObject({ ename: "VerifierError" });
    expect(refused.reply["evalue"]).toMatch(/line 6|:6\b/);
  });
});
