#!/usr/bin/env node
// npm run build: dist/, the plain JavaScript that the package, Binder and an installed kernel run.
import { buildPackage } from "./setup/build.js";
import { installPackages } from "./setup/node.js";
import { main } from "./setup/step.js";

await main(async () => {
  await installPackages();
  await buildPackage();
});
