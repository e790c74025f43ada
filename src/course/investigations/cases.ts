import { workloads } from "../../linux/workloads/index.ts";
import type { Machine, MachineOptions } from "../../machine.ts";
import { askingAgain, reportByCron, uploadsWithoutLimit } from "./programs.ts";

/** One machine with something wrong: what it is made with, and what happens on it. */
export interface InvestigatedMachine {
  readonly options: MachineOptions;
  readonly start: (machine: Machine) => void;
}

/** The machines of the investigations, by the names of their exercises. */
export const INVESTIGATED: Readonly<Record<string, InvestigatedMachine>> = {
  "inv-1": {
    options: { cpus: 2, seed: 101 },
    start(m) {
      m.inject("disk:slow", { disk: "vdc", factor: 250 });
      m.spawn(workloads.database({ clients: 6, rate: 150, size: 60_000_000 }));
      m.spawn(workloads.backup({ files: 12, size: 300_000, pause: 100 }));
      m.spawn(workloads.webServer({ rate: 150 }));
    },
  },
  "inv-2": {
    options: { cpus: 2, seed: 102 },
    start(m) {
      m.spawn(workloads.lossyNetwork({ loss: 0.08, latency: 8, size: 400_000, pause: 20 }));
      m.spawn(workloads.database({ clients: 2, rate: 60, size: 10_000_000 }));
      m.spawn(workloads.shellSession());
    },
  },
  "inv-3": {
    options: { cpus: 2, seed: 103 },
    start(m) {
      m.spawn(workloads.leak({ rate: 400, size: 12_000, share: 0.1 }));
      m.spawn(workloads.webServer({ rate: 150 }));
      m.spawn(workloads.logRotation());
    },
  },
  "inv-4": {
    options: { cpus: 4, seed: 104 },
    start(m) {
      m.spawn(workloads.lockContention({ threads: 8, held: 600, free: 300 }));
      m.spawn(workloads.database({ clients: 2, rate: 40, size: 10_000_000 }));
    },
  },
  "inv-5": {
    options: { cpus: 2, seed: 105 },
    start(m) {
      m.spawn(workloads.dnsTrouble({ every: 60, dead: 0.25, timeout: 400 }));
      m.spawn(workloads.webServer({ rate: 100 }));
    },
  },
  "inv-6": {
    options: { cpus: 2, seed: 106 },
    start(m) {
      m.spawn(workloads.synFlood({ rate: 1_500 }));
      m.spawn(workloads.webServer({ rate: 100 }));
    },
  },
  "inv-7": {
    options: { cpus: 2, seed: 107 },
    start(m) {
      m.spawn(workloads.cryptoMiner({ after: 1_200, share: 40 }));
      m.spawn(workloads.webServer({ rate: 100 }));
      m.spawn(workloads.shellSession());
    },
  },
  "inv-8": {
    options: { cpus: 2, seed: 108, ram: 256 * 2 ** 20 },
    start(m) {
      uploadsWithoutLimit(m.linux);
      m.spawn(workloads.shellSession());
    },
  },
  "inv-9": {
    options: { cpus: 2, seed: 109 },
    start(m) {
      reportByCron(m.linux, { every: 700, computes: 60 });
      m.spawn(workloads.webServer({ rate: 400 }));
    },
  },
  "inv-10": {
    options: { cpus: 2, seed: 110 },
    start(m) {
      askingAgain(m.linux);
      m.spawn(workloads.webServer({ rate: 100 }));
      m.spawn(workloads.shellSession());
    },
  },
};
