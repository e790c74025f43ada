import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject, Message } from "../../kernel/wire/message.ts";
import { type Answer, contents, KernelClient, resultText, streamText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

const VIEW = "application/vnd.jupyter.widget-view+json";
/** The model that a cell's result shows. */
function modelOf(answer: Answer): string {
  const data = contents(answer, "execute_result")[0]!["data"] as Record<string, JsonObject>;
  return String(data[VIEW]!["model_id"]);
}
/** What a comm has said, in order. */
const saidBy = (id: string): Message[] =>
  kernel.published.filter(({ header, content }) => header.msg_type.startsWith("comm_") && content["comm_id"] === id);
async function tell(id: string, data: JsonObject): Promise<Message[]> {
  const message = kernel.send("comm_msg", { comm_id: id, data });
  await kernel.idle(message.id);
  // The handler runs in the child; a cell after it has it behind itself.
  await kernel.execute("0");
  return saidBy(id);
}

describe("comms", () => {
  test("a cell opens, both sides talk, bytes travel beside JSON, a cell closes", async () => {
    const opened = await kernel.execute(`
      import { comms } from "bpfbook/widgets";
      const talk = comms.open("my.target", { hello: 1 }, { buffers: [Uint8Array.of(1, 2, 255)] });
      talk.onMessage = ({ data }) => { console.log("got", data); talk.send({ back: data["n"]! }); };
      talk.id`);
    const id = String(resultText(opened)).slice(1, -1);
    const [open] = saidBy(id);
    expect(open).toMatchObject({
      header: { msg_type: "comm_open" },
      content: { target_name: "my.target", data: { hello: 1 } },
    });
    expect([...open!.buffers[0]!]).toEqual([1, 2, 255]);
    expect((await kernel.request("comm_info_request", { target_name: "my.target" })).reply).toEqual({
      status: "ok",
      comms: { [id]: { target_name: "my.target" } },
    });
    expect((await tell(id, { n: 7 })).at(-1)?.content).toMatchObject({ data: { back: 7 } });
    // What a handler prints belongs to the cell that opened the comm, however long ago.
    const owner = opened.published[0]!.parent!.msg_id;
    expect(streamText({ ...opened, published: kernel.outputsOf(owner) })).toBe("got { n: 7 }\n");
    await kernel.execute("talk.close({ why: 'done' })");
    expect(saidBy(id).at(-1)).toMatchObject({ header: { msg_type: "comm_close" }, content: { data: { why: "done" } } });
    expect((await kernel.request("comm_info_request", {})).reply).toMatchObject({ comms: {} });
  });

  test("a front end opens a registered target; a handler that throws is an error in its cell", async () => {
    const cell = await kernel.execute(`
      comms.register("answers", (comm, { data }) => {
        comm.send({ echo: data });
        comm.onMessage = () => { throw new RangeError("in a handler"); };
      });`);
    await kernel.idle(kernel.send("comm_open", { comm_id: "f1", target_name: "answers", data: { a: 1 } }).id);
    await tell("f1", {});
    expect(saidBy("f1")[0]?.content).toMatchObject({ data: { echo: { a: 1 } } });
    const outputs = kernel.outputsOf(cell.published[0]!.parent!.msg_id);
    expect(contents({ published: outputs }, "error")).toMatchObject([{ ename: "RangeError", evalue: "in a handler" }]);
    expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
  });

  test("a message to a comm that is not there changes nothing", async () => {
    await tell("nobody", { method: "update" });
    expect(saidBy("nobody")).toEqual([]);
  });
});

describe("widgets", () => {
  test("a slider: models of layout, style and slider, its value both ways", async () => {
    const shown = await kernel.execute(`
      import { slider } from "bpfbook/widgets";
      const packets = slider({ label: "packets", min: 0, max: 50, value: 10 });
      packets.onChange((n) => console.log("now", n));
      packets`);
    expect(resultText(shown)).toBe("packets: 10");
    const id = modelOf(shown);
    const state = (saidBy(id)[0]!.content["data"] as JsonObject)["state"] as JsonObject;
    expect(state).toMatchObject({
      _model_name: "FloatSliderModel",
      min: 0,
      max: 50,
      value: 10,
      description: "packets",
    });
    for (const part of ["layout", "style"])
      expect(saidBy(String(state[part]).replace("IPY_MODEL_", ""))[0]?.header.msg_type).toBe("comm_open");
    await tell(id, { method: "update", state: { value: 25 }, buffer_paths: [] });
    expect(resultText(await kernel.execute("packets.value"))).toBe("25");
    await kernel.execute("packets.value = 30");
    expect(saidBy(id).at(-1)?.content).toMatchObject({ data: { method: "update", state: { value: 30 } } });
    const outputs = kernel.outputsOf(shown.published[0]!.parent!.msg_id);
    expect(streamText({ ...shown, published: outputs })).toBe("now 25\n");
  });

  test("button, list, tick, text and output", async () => {
    const shown = await kernel.execute(`
      import { button, checkbox, column, dropdown, output, progress, textBox } from "bpfbook/widgets";
      const out = output();
      let clicks = 0;
      const press = button("Press", () => out.replace({ clicks: ++clicks }));
      const choice = dropdown({ label: "workload", options: ["idle", "mixed"], value: "mixed" });
      const all = column(press, choice, checkbox({ label: "on", value: true }), textBox({ value: "x" }), progress({ max: 3 }), out);
      all`);
    expect(resultText(shown)).toBe("[Press]\nworkload: mixed\non: true\ntext: x\nprogress: 0\n[output]");
    const children = ((saidBy(modelOf(shown))[0]!.content["data"] as JsonObject)["state"] as JsonObject)["children"];
    const [press, choice, , , , out] = (children as string[]).map((name) => name.replace("IPY_MODEL_", ""));
    await tell(press!, { method: "custom", content: { event: "click" } });
    expect(saidBy(out!).at(-1)?.content).toMatchObject({
      data: { state: { outputs: [{ output_type: "display_data", data: { "text/plain": "{ clicks: 1 }" } }] } },
    });
    await tell(choice!, { method: "update", state: { index: 0 } });
    expect(resultText(await kernel.execute("choice.value"))).toBe("'idle'");
    // Types flow: the value is one of the options.
    expect((await kernel.execute('choice.value = "busy"')).reply).toMatchObject({ ename: "TypeCheckError" });
  });

  test("a front end that comes late gets all models, and a new child has none", async () => {
    await kernel.idle(kernel.send("comm_open", { comm_id: "c9", target_name: "jupyter.widget.control", data: {} }).id);
    const [states] = await tell("c9", { method: "request_states" });
    const sent = (states!.content["data"] as JsonObject)["states"] as JsonObject;
    expect(Object.values(sent)).toContainEqual(expect.objectContaining({ model_name: "FloatSliderModel" }));
    await kernel.execute("process.exit(0)");
    expect((await kernel.request("comm_info_request", {})).reply).toEqual({ status: "ok", comms: {} });
    expect(saidBy("c9").at(-1)?.header.msg_type).toBe("comm_close");
  });
});
