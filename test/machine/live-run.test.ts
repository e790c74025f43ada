import { expect, it } from "vitest";
import { DurationError } from "../../src/linux/duration.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { Machine } from "../../src/machine.ts";
import { LIVE, type MimeBundle } from "../../src/plot/displayable.ts";
import { registerViews } from "../../src/views/index.ts";

registerViews();

async function pictures(shown: { [LIVE](): AsyncIterable<MimeBundle> }): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const bundle of shown[LIVE]()) texts.push(String(bundle["text/plain"]));
  return texts;
}

it("a run that shows itself ends at 100%, and is the run that `run` makes", async () => {
  const machine = () => {
    const m = new Machine({ seed: 5 });
    m.spawn(workloads.webServer({ rate: 500 }));
    return m;
  };
  const [m, other] = [machine(), machine()];
  const texts = await pictures(m.live("400ms"));
  expect(texts.at(-1)).toMatch(/^\[#{30}\] 100%: 400 ms of 400 ms of virtual time in [\d.]+ s/);
  expect(texts.at(-1)).toMatch(/\d system calls[\s\S]*webserver/);
  await other.run("400ms");
  expect(m.linux.syscalls).toBe(other.linux.syscalls);
  expect(m.now).toBe(other.now);
});

it("what is no duration is refused at once", () => {
  expect(() => new Machine().live("soon")).toThrow(DurationError);
});
