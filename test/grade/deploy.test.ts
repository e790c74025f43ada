/** What runs on a cluster is what the command knows, and gets no more than it needs. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { GRADE_VERBS } from "../../src/cli/grade/command.ts";
import { BAD_INPUT } from "../../src/cli/grade/plan.ts";

const ROOT = join(import.meta.dirname, "../..");
const MANIFEST = join(ROOT, "deploy", "kubernetes.yaml");
const PYTHON = join(ROOT, ".venv", "bin", "python");
const READ = "import json,sys,yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)";

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string }[];
  readonly resources: { readonly requests: object; readonly limits: { readonly memory?: string } };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly { readonly name: string }[];
}
interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly volumes?: readonly { readonly name: string }[];
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: { readonly runAsNonRoot: boolean };
  };
}
interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: what differs between kinds
  readonly spec: { readonly template?: Pod; readonly selector?: any } & Readonly<Record<string, any>>;
}

const parsed = existsSync(PYTHON)
  ? spawnSync(PYTHON, ["-c", READ], { input: readFileSync(MANIFEST), encoding: "utf8" }).stdout
  : "";
if (parsed === "") console.warn("there is no Python with yaml: the manifest is not tested");

describe.skipIf(parsed === "")("the manifest for Kubernetes", () => {
  const documents = (parsed === "" ? [] : JSON.parse(parsed)) as readonly Document[];
  const pods = documents.flatMap(({ spec, metadata }) =>
    spec.template === undefined
      ? []
      : [{ name: metadata.name, selector: spec.selector?.matchLabels, pod: spec.template }],
  );
  const containers = pods.flatMap(({ pod }) => pod.spec.containers);

  test("has Redis, the server, workers and a job of shards", () => {
    expect(documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      ...["StatefulSet redis", "Service redis", "Deployment server", "Service server", "Deployment worker"],
      ...["NetworkPolicy redis", "NetworkPolicy worker", "Job shards", "PersistentVolumeClaim submissions"],
    ]);
    for (const { selector, pod } of pods)
      if (selector !== undefined) expect(pod.metadata.labels).toMatchObject(selector);
  });

  test("calls verbs and options that there are", () => {
    const called = containers.flatMap(({ args = [] }) => (args[0] === "grade" ? [args] : []));
    expect(called.map(([, verb]) => verb)).toEqual(["serve", "worker", "shard"]);
    for (const [, verb, ...words] of called) {
      const { usage } = GRADE_VERBS.find(({ name }) => name === verb)!;
      for (const word of words.filter((one) => one.startsWith("--"))) expect(usage, verb!).toContain(`${word} `);
    }
  });

  test("gives each what it needs and no more", () => {
    for (const { pod, name } of pods) {
      expect(pod.spec, name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true },
      });
      const volumes = new Set(pod.spec.volumes?.map((one) => one.name) ?? ["data"]);
      for (const { securityContext, resources, volumeMounts = [] } of pod.spec.containers) {
        expect(securityContext, name).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
        });
        expect(resources.limits.memory, name).toBeDefined();
        for (const mount of volumeMounts) expect([...volumes], name).toContain(mount.name);
      }
    }
    const env = (name: string): string[] =>
      containers.find((one) => one.name === name)!.env!.map((variable) => variable.name);
    expect(env("worker")).not.toContain("BPFBOOK_GRADE_TOKEN");
    const server = containers.find(({ name }) => name === "server")!;
    expect(JSON.stringify(server), "the course's secret is none of the server's business").not.toContain("course");
  });

  test("the job gives up what no retry mends, and has an index for each pod", () => {
    const { spec } = documents.find(({ kind }) => kind === "Job")!;
    expect(spec).toMatchObject({ completionMode: "Indexed" });
    const [rule] = spec["podFailurePolicy"].rules;
    expect(rule).toMatchObject({ action: "FailIndex", onExitCodes: { containerName: "shard", values: [BAD_INPUT] } });
  });

  test("Redis keeps what it acknowledged, and forgets nothing by itself", () => {
    const redis = containers.find(({ name }) => name === "redis")!;
    expect(redis.args!.join(" ")).toMatch(/--appendonly yes --appendfsync always .*noeviction/);
  });
});
