import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { kernelCommand } from "../../kernel/command.ts";
import { installKernelspec, kernelspec, uninstallKernelspec } from "../../kernel/install/kernelspec.ts";
import { InstallError, kernelsFolder } from "../../kernel/install/locations.ts";
import { memoryLimit } from "../../kernel/runtime/memory-limit.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bpfbook-install-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = { node: process.execPath, launcher: "/opt/bpfbook/bin/bpfbook.js" };
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

describe("kernelspec", () => {
  test("has absolute paths, message interrupts and no debugger signal", () => {
    const written = installKernelspec({ kind: "prefix", path: folder }, options);
    expect(written).toBe(join(folder, "share", "jupyter", "kernels", "bpfbook"));
    const spec = read(join(written, "kernel.json"));
    expect(spec).toMatchObject({
      display_name: "TypeScript (bpfbook)",
      language: "typescript",
      interrupt_mode: "message",
    });
    const [node, flag, launcher, ...rest] = spec.argv;
    expect(isAbsolute(node) && isAbsolute(launcher)).toBe(true);
    expect([flag, ...rest]).toEqual(["--disable-sigusr1", "kernel", "start", "{connection_file}"]);
    expect(existsSync(join(written, "logo-svg.svg"))).toBe(true);
  });

  test("installing again replaces it, uninstalling removes it, twice is an error", () => {
    const target = { kind: "prefix", path: folder } as const;
    installKernelspec(target, options);
    const written = installKernelspec(target, { ...options, displayName: "Second" });
    expect(read(join(written, "kernel.json")).display_name).toBe("Second");
    uninstallKernelspec(target);
    expect(existsSync(written)).toBe(false);
    expect(() => uninstallKernelspec(target)).toThrow(InstallError);
  });

  test.each(["../evil", "a b", "", ".hidden"])("refuses the name %j", (name) => {
    expect(() => installKernelspec({ kind: "prefix", path: folder }, { ...options, name })).toThrow(InstallError);
  });

  test("a folder that cannot be written is one clear error", () => {
    // A file where a folder should be.
    const target = { kind: "prefix", path: fileURLToPath(import.meta.url) } as const;
    expect(() => installKernelspec(target, options)).toThrow(/cannot write to/);
  });
});

describe("memory", () => {
  test("half of what there is, within bounds, unless told otherwise", () => {
    expect(memoryLimit({}, 2 * 2 ** 30)).toBe(1024);
    expect(memoryLimit({}, 2 ** 28)).toBe(256);
    expect(memoryLimit({}, 2 ** 40)).toBe(2048);
    expect(memoryLimit({ BPFBOOK_MEMORY: "700" }, 2 ** 40)).toBe(700);
    expect(memoryLimit({ BPFBOOK_MEMORY: "lots" }, 2 ** 40)).toBe(2048);
  });

  test("the kernelspec says where cells are not checked", () => {
    const spec = (check: boolean) => kernelspec({ node: "/usr/bin/node", launcher: "/opt/bpfbook.js", check });
    expect(spec(false)).toMatchObject({ env: { BPFBOOK_CHECK: "off" } });
    expect(spec(true)).not.toHaveProperty("env.BPFBOOK_CHECK");
  });

  test("the kernelspec carries it", () => {
    const spec = kernelspec({ node: "/usr/bin/node", launcher: "/opt/bpfbook.js", memory: 512 });
    expect(spec).toMatchObject({ env: { BPFBOOK_MEMORY: "512" } });
  });
});

describe("folders", () => {
  const home = "/home/u";
  test.each([
    [{ env: {}, platform: "linux" as const, home }, "/home/u/.local/share/jupyter/kernels"],
    [{ env: { XDG_DATA_HOME: "/data" }, platform: "linux" as const, home }, "/data/jupyter/kernels"],
    [{ env: { JUPYTER_DATA_DIR: "/j" }, platform: "linux" as const, home }, "/j/kernels"],
    [{ env: {}, platform: "darwin" as const, home }, "/home/u/Library/Jupyter/kernels"],
  ])("of the user in %o", (around, expected) => {
    expect(kernelsFolder({ kind: "user" }, around)).toBe(expected);
  });
});

describe("command", () => {
  const command = { launcher: options.launcher, bpfbookEntry: "/opt/bpfbook/src/index.ts", version: "1.0.0" };
  let said = "";
  beforeEach(() => {
    said = "";
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, "write").mockImplementation((text) => {
        said += String(text);
        return true;
      });
    }
  });
  afterEach(() => vi.restoreAllMocks());

  test("installs and removes under a name", async () => {
    const spec = join(folder, "share", "jupyter", "kernels", "other", "kernel.json");
    expect(await kernelCommand(["install", "--prefix", folder, "--name", "other"], command)).toBe(0);
    expect(said).toContain(folder);
    expect(read(spec).argv).toContain(options.launcher);
    expect(await kernelCommand(["uninstall", "--prefix", folder, "--name", "other"], command)).toBe(0);
    expect(existsSync(spec)).toBe(false);
    expect(await kernelCommand(["uninstall", "--prefix", folder, "--name", "other"], command)).toBe(1);
  });

  test("wrong words are usage errors, a bad connection file is not", async () => {
    expect(await kernelCommand([], command)).toBe(2);
    expect(await kernelCommand(["install", "--nonsense"], command)).toBe(2);
    expect(await kernelCommand(["start"], command)).toBe(2);
    expect(said).toContain("usage:");
    expect(await kernelCommand(["start", join(folder, "none.json")], command)).toBe(1);
    expect(said).toContain("not a readable JSON file");
  });
});
