import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelClient, resultText, streamText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

const control = async (type: string, content: object = {}) =>
  (await kernel.request(type, content, kernel.control)).reply;
const create = async (): Promise<string> => String((await control("create_subshell_request"))["subshell_id"]);

test("subshells are announced, created, listed and deleted on control", async () => {
  expect(await control("kernel_info_request")).toMatchObject({
    supported_features: expect.arrayContaining(["kernel subshells"]) as string[],
  });
  const [first, second] = [await create(), await create()];
  expect(await control("list_subshell_request")).toEqual({ status: "ok", subshell_id: [first, second] });
  expect(await control("delete_subshell_request", { subshell_id: first })).toEqual({ status: "ok" });
  expect(await control("list_subshell_request")).toEqual({ status: "ok", subshell_id: [second] });
  expect(await control("delete_subshell_request", { subshell_id: first })).toMatchObject({
    status: "error",
    ename: "RequestError",
  });
  expect((await kernel.execute("1", {}, first)).reply).toMatchObject({
    status: "error",
    evalue: `there is no subshell "${first}"`,
  });
  await control("delete_subshell_request", { subshell_id: second });
});

test("a subshell's cell runs while the main shell's waits, and they share variables", async () => {
  const subshell = await create();
  const waiting = kernel.execute(
    "var gate = Promise.withResolvers<string>(); console.log('waits'); await gate.promise",
  );
  await kernel.waitFor(({ content }) => content["text"] === "waits\n");
  // The checker knows the names of a cell that still runs, and their types.
  const wrong = await kernel.execute("gate.resolve(5)", {}, subshell);
  expect(wrong.reply["evalue"]).toMatch(/'number' is not assignable/);
  const opening = await kernel.execute(
    "gate.resolve('opened by the subshell'); console.log('from below'); 2 + 2",
    {},
    subshell,
  );
  expect(resultText(opening)).toBe("4");
  expect(streamText(opening)).toBe("from below\n");
  expect(opening.published.every(({ parent }) => parent?.subshell_id === subshell)).toBe(true);
  const opened = await waiting;
  expect(resultText(opened)).toBe("'opened by the subshell'");
  expect(streamText(opened)).toBe("waits\n");
  expect(Number(opening.reply["execution_count"])).toBe(Number(opened.reply["execution_count"]) + 2);
  await kernel.execute("const fromBelow = 5;", {}, subshell);
  expect(resultText(await kernel.execute("fromBelow + 1"))).toBe("6");
});

test("cells of one subshell wait for each other, and an error drops only its own shell's", async () => {
  const subshell = await create();
  const main = kernel.send("execute_request", { code: "await new Promise(r => setTimeout(r, 100)); 'main'" });
  const after = kernel.send("execute_request", { code: "'after main'" });
  const failing = kernel.send("execute_request", { code: "throw new Error('below')" }, kernel.shell, subshell);
  const dropped = kernel.send("execute_request", { code: "1" }, kernel.shell, subshell);
  const replies = await Promise.all([main, after, failing, dropped].map(({ reply }) => reply));
  expect(replies.map(({ status }) => status)).toEqual(["ok", "ok", "error", "aborted"]);
  await kernel.idle(dropped.id);
});

test("an interrupt ends the cells of all shells, and leaves all usable", async () => {
  const subshell = await create();
  const main = kernel.execute("console.log('main waits'); await new Promise(() => {});");
  const below = kernel.execute("console.log('below spins'); await null; for (;;);", {}, subshell);
  await kernel.waitFor(({ content }) => content["text"] === "below spins\n");
  await control("interrupt_request");
  expect((await main).reply).toMatchObject({ ename: "CellInterrupted" });
  expect((await below).reply).toMatchObject({ ename: "CellInterrupted" });
  expect(resultText(await kernel.execute("'main'"))).toBe("'main'");
  expect(resultText(await kernel.execute("'below'", {}, subshell))).toBe("'below'");
});

test("a process that ends takes the cells of all shells with it, and each is told", async () => {
  const subshell = await create();
  const main = kernel.execute("console.log('main again'); await new Promise(() => {});");
  await kernel.waitFor(({ content }) => content["text"] === "main again\n");
  const below = await kernel.execute("process.exit(4)", {}, subshell);
  expect(below.reply).toMatchObject({ ename: "ProcessExitError" });
  expect((await main).reply).toMatchObject({ ename: "ProcessExitError" });
  expect(resultText(await kernel.execute("1 + 1", {}, subshell))).toBe("2");
});

test("a deleted subshell's waiting cells still run", async () => {
  const subshell = await create();
  const first = kernel.execute("await new Promise(r => setTimeout(r, 50)); 'first'", {}, subshell);
  const second = kernel.execute("'second'", {}, subshell);
  // The order between shell and control is nobody's: when this is answered, both cells have arrived.
  await kernel.request("kernel_info_request");
  await control("delete_subshell_request", { subshell_id: subshell });
  expect([resultText(await first), resultText(await second)]).toEqual(["'first'", "'second'"]);
  expect(await control("list_subshell_request")).toMatchObject({
    subshell_id: expect.not.arrayContaining([subshell]) as string[],
  });
});

test("a comm's message is taken while the main shell's cell waits, over whichever subshell it comes", async () => {
  await kernel.execute(`%check off
    const { comms } = await import(${JSON.stringify(new URL("../../kernel/runtime/comms.ts", import.meta.url).href)});
    comms.register("echo", (comm: any) => { comm.onMessage = ({ data }: any) => comm.send({ back: data.n }); });`);
  const waiting = kernel.execute("await new Promise(r => setTimeout(r, 300)); 'done'");
  // JupyterLab 4.4 has sent the subshell of another kernel here.
  for (const subshell of [await create(), "of another kernel"]) {
    kernel.send("comm_open", { comm_id: subshell, target_name: "echo", data: {} }, kernel.shell, subshell);
    kernel.send("comm_msg", { comm_id: subshell, data: { n: 7 } }, kernel.shell, subshell);
    const back = await kernel.waitFor(
      ({ header, content }) => header.msg_type === "comm_msg" && content["comm_id"] === subshell,
    );
    expect(back.content).toMatchObject({ data: { back: 7 } });
  }
  expect(resultText(await waiting)).toBe("'done'");
});
