/**
 * Makes the text of each client of an interactive view: `src/x/NAME.client.ts`, which exports one `...Client`, becomes
 * `src/x/NAME.client-text.ts` beside it, with the frame inside. Run after a change: `node scripts/components/build.ts`; a test
 * compares what is stored with what this makes.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";

const ROOT = resolve(import.meta.dirname, "../..");

/** All clients, as paths from the project's folder. */
export function clients(): string[] {
  return readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".client.ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** Where a client's text is stored. */
export function textFile(client: string): string {
  return client.replace(/\.client\.ts$/, ".client-text.ts");
}

/** The module that holds a client's text. */
export async function clientModule(client: string): Promise<string> {
  const name = /export const (\w+Client)\b/.exec(readFileSync(join(ROOT, client), "utf8"))?.[1];
  if (name === undefined)
    throw new TypeError(`${client} exports no client: export const nameClient: Client<Data> = ...`);
  const { outputFiles } = await build({
    stdin: {
      contents: `import { mount } from "./src/plot/component/frame.ts"; import { ${name} } from "./${client.replaceAll("\\", "/")}"; mount(${name});`,
      resolveDir: ROOT,
    },
    bundle: true,
    format: "iife",
    minify: true,
    target: "es2022",
    write: false,
    charset: "utf8",
    legalComments: "none",
  });
  const constant = basename(client, ".client.ts").toUpperCase().replaceAll("-", "_");
  return (
    `/** Made of \`${basename(client)}\` by \`scripts/components/build.ts\`: not edited by hand. */\n` +
    `// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the client's own templates\n` +
    `// biome-ignore-all format: one text\n` +
    `export const ${constant}_CLIENT =\n  ${JSON.stringify(outputFiles[0]!.text.trim())};\n`
  );
}

if (import.meta.main) {
  for (const client of clients()) {
    const file = join(ROOT, textFile(client));
    writeFileSync(file, await clientModule(client));
    console.log(`${relative(ROOT, file)} in ${relative(ROOT, dirname(file))}`);
  }
}
