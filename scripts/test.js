#!/usr/bin/env node
// npm test: sets up what the tests need and runs everything: lint, types, and all suites.
// Arguments go to vitest: `npm test -- --project unit test/asm`. --night runs the long checks too.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { isBuilt } from "../bin/built.js";
import { installSystemTools } from "./setup/apt.js";
import { buildPackage } from "./setup/build.js";
import { installKernelspec } from "./setup/kernelspec.js";
import { installPackages, node24 } from "./setup/node.js";
import { installPython } from "./setup/python.js";
import { ROOT } from "./setup/stamp.js";
import { main, progress, run, SetupError } from "./setup/step.js";

const bin = (...path) => join(ROOT, "node_modules", ...path);

async function check(title, args, env) {
  progress(title);
  const { code } = await run(node24(), args, { show: true, cwd: ROOT, env });
  if (code !== 0) throw new SetupError(`${title}: failed`);
}

await main(async () => {
  const night = process.argv.includes("--night");
  const rest = process.argv.slice(2).filter((word) => word !== "--night");
  await installPackages();
  await installPython("binder/requirements.txt", "test/requirements.txt");
  const missing = await installSystemTools();
  if (missing.length > 0) {
    const text = `missing on this machine: ${missing.join(", ")}`;
    if (process.env.CI) throw new SetupError(`${text}. CI needs them: install the packages or run as root on Debian.`);
    progress(`${text}: the suites that need them will be skipped.`);
  }
  await installKernelspec();
  const env = { ...process.env, NODE_NO_WARNINGS: "1", ...(night ? { BPFBOOK_NIGHT: "1" } : {}) };
  if (rest.length === 0) {
    await check("lint", [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]);
    await check("types", [bin("typescript", "bin", "tsc"), "--noEmit"]);
    if (!isBuilt(ROOT)) await buildPackage();
  }
  const vitest = [bin("vitest", "vitest.mjs"), "run", ...rest];
  if (!night) return check("tests", vitest, env);
  const json = join(ROOT, ".setup", "night.json");
  await check(
    "tests, the long ones too",
    [...vitest, "--reporter=default", "--reporter=json", `--outputFile=${json}`],
    env,
  );
  if (rest.length === 0) recordNight(json);
});

/** Writes test/NIGHT.md, which is committed: when the long checks last ran, on what, and with what result. */
function recordNight(json) {
  const { numPassedTests, numPendingTests, startTime, testResults } = JSON.parse(readFileSync(json, "utf8"));
  const minutes = Math.round((Math.max(...testResults.map((file) => file.endTime)) - startTime) / 60_000);
  const lines = [
    "# The last run of `npm run test:night`",
    "",
    `${new Date(startTime).toISOString().slice(0, 10)}: ${numPassedTests} passed, ${numPendingTests} skipped, none failed,`,
    `in ${minutes} minutes on ${cpus().length} CPUs, ${type()} ${release().split("-")[0]}.`,
    "",
  ];
  writeFileSync(join(ROOT, "test", "NIGHT.md"), lines.join("\n"));
}
