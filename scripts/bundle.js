// Few large files instead of the thousand that tsc writes: importing bpfbook from dist/ takes a third of the time.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT } from "./setup/stamp.js";

/** Where the bundle lies in dist/: in the folder of the module that cells import, which is known as ours. */
const BUNDLE = "src/bundle";

/** What is started or imported by its path: these files stay where they are and pass on what the bundle exports. */
const ENTRIES = [
  "src/index.js",
  "src/cli/main.js",
  "src/grade/judge/judge-worker.js",
  "src/grade/nbgrader/kernel-extension.js",
  "src/grade/plan/grader-process.js",
  "src/loader/object/object-import.js",
  "kernel/runtime/child.js",
  "kernel/runtime/worker.js",
  "kernel/widgets/index.js",
  "kernel/tslab/index.js",
];
/** Stays a module of its own, whose `import()` is known by its URL; from its source, as tsc would rewrite what cells import. */
const ALONE = "kernel/runtime/cell-import.js";

const posix = (path) => path.replaceAll("\\", "/");

/** Each module keeps the URL that it has in the tree of the sources, wherever its code ends up. */
const keepUrls = (dist) => ({
  name: "keep-urls",
  setup(build) {
    const alone = posix(relative(BUNDLE, ALONE));
    build.onResolve({ filter: /[\\/]cell-import\.js$/ }, () => ({ path: alone, external: true }));
    build.onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      const from = JSON.stringify(posix(relative(join(dist, BUNDLE), path)));
      return {
        contents: `const __url = (({ url }) => new URL(${from}, url).href)(import.meta);\n${source}`,
        loader: "js",
      };
    });
  },
});

/** Bundles what tsc has written to a folder, and removes the files that are in the bundle now; declarations stay. */
export async function bundle(dist = join(ROOT, "dist")) {
  const { build, transform } = await import("esbuild");
  const { metafile } = await build({
    absWorkingDir: dist,
    entryPoints: Object.fromEntries(ENTRIES.map((path) => [bundleName(path), path])),
    outdir: join(dist, BUNDLE),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    packages: "external",
    // No identifiers: names of classes are shown, and stacks are read.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    legalComments: "none",
    define: { "import.meta.url": "__url" },
    metafile: true,
    logLevel: "error",
    plugins: [keepUrls(dist)],
  });
  const source = readFileSync(join(ROOT, ALONE.replace(/js$/, "ts")), "utf8");
  writeFileSync(join(dist, ALONE), (await transform(source, { loader: "ts" })).code);
  for (const input of Object.keys(metafile.inputs)) rmSync(join(dist, input), { force: true });
  for (const path of ENTRIES) {
    const target = posix(relative(dirname(path), `${BUNDLE}/${bundleName(path)}.js`));
    const { exports } = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === path);
    const verb = exports.length > 0 ? "export * from" : "import";
    writeFileSync(join(dist, path), `${verb} ${JSON.stringify(target.startsWith(".") ? target : `./${target}`)};\n`);
  }
  removeMaps(dist);
}

function bundleName(path) {
  return path.slice(0, -".js".length).replaceAll("/", "-");
}

/** Maps of files that are gone. */
function removeMaps(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) removeMaps(path);
    else if (name.endsWith(".js.map") && !existsSync(path.slice(0, -".map".length))) rmSync(path);
  }
}
