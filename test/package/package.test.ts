/** What `npm pack` makes is small, has its types, and works in an empty project. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT, skipped } from "../support/programs.ts";

const script = pathToFileURL(join(ROOT, "bin", "built.js")).href;
const { isBuilt } = (await import(script)) as { isBuilt(root: string): boolean };
const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;
const skip = !isBuilt(ROOT) && skipped("package", "dist/ is not built from these sources (npm run build)");

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** A newcomer's first file. */
const PROGRAM = `
import { asm, Machine, verify, workloads } from "bpfbook";
const drop = asm({ type: "xdp", name: "drop" })\`
  r0 = 1
  exit
\`;
const m = new Machine({ seed: 1 });
m.spawn(workloads.mixed());
const { text } = await m.bpftrace({ for: "20ms" })\`kprobe:vfs_read { @[comm] = count(); }\`;
console.log(verify(drop).ok, m.load(drop).run(new Uint8Array(64)).verdict, text.includes("@["));
`;

const TYPED = `
import { asm, type Program, verify } from "bpfbook";
const program: Program = asm({ type: "xdp", name: "drop" })("r0 = 1\\nexit");
export const ok: boolean = verify(program).ok;
`;

describe.skipIf(skip)("the npm package", () => {
  let folder: string;
  let packed: Packed;
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, {
      cwd: join(folder, "project"),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bpfbook-package-"));
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    [packed] = JSON.parse(
      execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
    mkdirSync(join(folder, "project"));
    writeFileSync(join(folder, "project", "package.json"), '{ "type": "module", "private": true }');
    writeFileSync(join(folder, "project", "program.js"), PROGRAM);
    writeFileSync(join(folder, "project", "typed.ts"), TYPED);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("has less than 3 MB, the built code and its types, neither sources nor tests", () => {
    expect(packed.size).toBeLessThan(3e6);
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["dist/src/index.js", "dist/src/index.d.ts", "bin/bpfbook.js"]));
    expect(paths.filter((path) => /(?<!\.d)\.ts$|\.map$|^test\//.test(path))).toEqual([]);
  });

  test("publint finds nothing", async () => {
    expect((await publint({ pkgDir: ROOT, pack: false })).messages).toEqual([]);
  });

  test.skipIf(NIGHT)("works where only it and its dependencies are", () => {
    execFileSync("tar", ["xzf", packed.filename], { cwd: folder });
    const modules = join(folder, "project", "node_modules");
    mkdirSync(modules);
    symlinkSync(join(folder, "package"), join(modules, "bpfbook"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "package", "node_modules"));
    expect(run(process.execPath, "program.js")).toBe("true XDP_DROP true\n");
  });

  test.runIf(NIGHT)(
    "installs in an empty project; runs on Node 22 and 24; types, command and kernel are there",
    () => {
      run("npm", "install", join(folder, packed.filename), "node@22", "@types/node");
      expect(run("node_modules/node/bin/node", "--version")).toMatch(/^v22/);
      for (const node of ["node_modules/node/bin/node", process.execPath])
        expect(run(node, "program.js")).toBe("true XDP_DROP true\n");
      run("node_modules/.bin/tsc", "--noEmit", "--strict", "--module", "nodenext", "--types", "node", "typed.ts");
      expect(run("npx", "bpfbook", "--help")).toContain("usage: bpfbook COMMAND");
      expect(run("npx", "bpfbook", "kernel", "install", "--prefix", "here")).toContain("Installed the kernel");
      const attw = join(ROOT, "node_modules", ".bin", "attw");
      run(attw, join(folder, packed.filename), "--profile", "esm-only", "--no-emoji");
    },
    300_000,
  );
});
