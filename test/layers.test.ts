import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** The folders of src/, lowest first: each imports only from itself and from folders before it. */
const ORDER = [
  ...[
    "isa",
    "asm",
    "btf",
    "elf",
    "plot",
    "packets",
    "memory",
    "maps",
    "helpers",
    "programs",
    "verifier",
    "vm",
    "linux",
  ],
  ...["loader", "bpftrace", "bpftool", "tools", "views", "course", "grade", "cli"],
];

/** Where `node:` imports are allowed; everything else in src/ loads in a browser. */
const NODE_ALLOWED = ["src/cli/", "src/grade/", "src/loader/clang/"];

const files = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"));

const importsOf = (file: string): string[] => {
  const text = readFileSync(join(ROOT, file), "utf8");
  const pattern = /^\s*(?:import|export)\b[^;]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]!);
};

const target = (file: string, specifier: string) =>
  relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split(sep)
    .join("/");

describe("the layout", () => {
  it.each(files("src"))("%s imports only downwards", (file) => {
    const [, folder] = file.split("/");
    const rank = ORDER.indexOf(folder!);
    for (const specifier of importsOf(file).filter((name) => name.startsWith("."))) {
      const to = target(file, specifier);
      if (file.startsWith("src/cli/") && to.startsWith("kernel/")) continue; // the command installs and starts the kernel
      if (/^src\/grade\/(sandbox|nbgrader)\//.test(file) && to.startsWith("kernel/")) continue; // runs cells as the kernel does
      expect(to, `${file} imports ${specifier}`).toMatch(/^src\//);
      const ownFile = file.split("/").length === 2;
      if (ownFile || folder === "cli" || folder === "grade" || folder === "course") continue; // they join or use the whole package
      const [, toFolder, more] = to.split("/");
      expect(more, `${file} imports the package's root (${specifier})`).toBeDefined();
      expect(ORDER.indexOf(toFolder!), `${file} imports ${specifier}`).toBeLessThanOrEqual(rank);
    }
  });

  it.each(files("src"))("%s keeps to the browser's APIs unless its folder may not", (file) => {
    if (NODE_ALLOWED.some((prefix) => file.startsWith(prefix))) return;
    expect(importsOf(file).filter((name) => name.startsWith("node:"))).toEqual([]);
  });

  it("src/ has only the folders of the design", () => {
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !ORDER.includes(name))).toEqual([]);
  });

  it.each(files("kernel"))("%s knows nothing of eBPF", (file) => {
    for (const specifier of importsOf(file).filter((name) => name.startsWith("."))) {
      expect(target(file, specifier), `${file} imports ${specifier}`).toMatch(/^kernel\//);
    }
  });

  it("no file is over 600 lines", () => {
    const long = ["src", "kernel", "test", "bench"]
      .flatMap(files)
      .filter((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > 601);
    expect(long).toEqual([]);
  });
});
