/**
 * Set-up of every test file: by day properties look at the same examples each time, so that a failure is of the change that it
 * meets; by night at new ones. What a night finds becomes a fixed case.
 */
import fc from "fast-check";

if (process.env.BPFBOOK_NIGHT === undefined) fc.configureGlobal({ seed: 20261122 });
