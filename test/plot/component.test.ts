import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { clientModule, clients, textFile } from "../../scripts/components/build.ts";
import { component } from "../../src/plot/component/component.ts";

const parts = {
  kind: "Test",
  alt: 'A "picture" & more',
  still: '<svg class="it\'s"><text>50% #1</text></svg>',
  height: 120,
};

test.each(clients())("the stored text of %s is what its source makes", async (client) => {
  expect(readFileSync(textFile(client), "utf8"), "run: node scripts/components/build.ts").toBe(
    await clientModule(client),
  );
});

test("no client loads anything", () => {
  for (const client of clients())
    expect(readFileSync(textFile(client), "utf8")).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|import\(|https?:/);
});

test("runs in a frame that may run scripts and nothing else", () => {
  const html = component({ ...parts, data: { a: 1 }, client: "void 0" });
  expect(html).toContain('sandbox="allow-scripts"');
  expect(html).toContain("default-src 'none'");
  // All of the script is inside of the frame's text.
  expect(html).not.toContain("<script");
  expect(html).toContain('alt="A &quot;picture&quot; &amp; more"');
});

test("hostile data ends neither the script nor the attribute", () => {
  const hostile = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>';
  const html = component({ ...parts, data: { hostile }, client: 'const a = "</script>";' });
  expect(html.match(/<(\w+)/g)).toEqual(["<div", "<style", "<img", "<iframe"]);
  const page = /srcdoc="([^"]*)"/
    .exec(html)![1]!
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  expect(page.match(/<\/script/g)).toHaveLength(2);
  expect(JSON.parse(/id="data">(.*?)<\/script>/.exec(page)![1]!)).toEqual({ hostile });
});
