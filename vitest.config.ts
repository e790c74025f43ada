import { defineConfig } from "vitest/config";

/**
 * Unit tests run in parallel; what needs a Jupyter server, a browser or the running Linux has projects of its own. Those
 * that drive whole programs get a second chance, which vitest reports: a shared machine may stall any of them.
 */
export default defineConfig({
  test: {
    // Vitest would leave one of two CPUs idle.
    maxWorkers: "100%",
    // For a busy machine, on which a test of 1.5 s of processor time once took more than 30 s.
    testTimeout: 60_000,
    // The command and the kernel run the sources, also where dist/ is there; notebooks and browsers run dist/, as users
    // do, where it was built from just these sources (npm test builds first).
    env: { BPFBOOK_SOURCES: "1" },
    setupFiles: ["test/support/properties.ts"],
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{linux,notebooks,browser,protocol}/**"],
        },
      },
      { extends: true, test: { name: "linux", include: ["test/linux/**/*.test.ts"], testTimeout: 120_000 } },
      {
        extends: true,
        test: {
          name: "protocol",
          include: ["test/protocol/**/*.test.ts"],
          retry: 1,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "notebooks",
          env: { BPFBOOK_SOURCES: "" },
          include: ["test/notebooks/**/*.test.ts"],
          retry: 1,
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          env: { BPFBOOK_SOURCES: "" },
          retry: 1,
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 300_000,
        },
      },
    ],
  },
});
