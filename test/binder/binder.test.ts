import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/programs.ts";

const path = (name: string) => join(ROOT, "binder", name);
const text = (name: string) => readFileSync(path(name), "utf8");

/** What repo2docker needs of the folder; it reads nothing else of the repository when binder/ exists. */
describe("binder/", () => {
  it("is the only configuration folder, and nothing in it overrides requirements.txt", () => {
    expect(existsSync(join(ROOT, ".binder"))).toBe(false);
    for (const name of ["environment.yml", "Dockerfile", "Pipfile", "Project.toml", "default.nix", "install.R"]) {
      expect(existsSync(path(name)), name).toBe(false);
    }
  });

  it("pins Python and every Python package", () => {
    expect(text("runtime.txt").trim()).toMatch(/^python-3\.\d+$/);
    for (const line of text("requirements.txt").trim().split("\n")) expect(line).toMatch(/^[\w-]+==[\d.]+$/);
  });

  it("names the compiler and the headers that lessons need", () => {
    expect(text("apt.txt").trim().split("\n")).toEqual(["clang", "llvm", "libbpf-dev", "linux-libc-dev"]);
  });

  it.each(["postBuild", "start"])("%s is a bash script that stops at the first error", (name) => {
    expect(text(name)).toMatch(/^#!\/bin\/bash\n/);
    expect(text(name)).toMatch(/^set -e/m);
    expect(statSync(path(name)).mode & 0o111).not.toBe(0);
  });

  it("start hands over to what Binder asks for", () => {
    expect(text("start").trim().split("\n").at(-1)).toBe('exec "$@"');
  });

  it("brings Node 24 by npm ci, from a lock file with exact versions", () => {
    expect(text("postBuild")).toContain("npm ci");
    const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
    expect(lock.packages["node_modules/node"].version).toMatch(/^24\./);
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    for (const version of Object.values({ ...dependencies, ...devDependencies })) expect(version).toMatch(/^\d/);
  });
});
