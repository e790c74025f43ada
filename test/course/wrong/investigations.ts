import type { WrongAnswers } from "./wrong-answer.ts";

export const WRONG_INVESTIGATIONS: WrongAnswers = {
  "inv-1": [
    { answer: { disk: "vdb", program: "tar" }, mistake: "always" },
    { answer: { disk: "vda", program: "webserver" }, mistake: "busy" },
    { answer: { disk: "vdc", program: "tar" }, mistake: "victim" },
  ],
  "inv-2": [
    { answer: { program: "rsync", where: "host", share: 0.08 }, mistake: "far" },
    { answer: { program: "rsync", where: "line", share: 8 }, mistake: "percent" },
    { answer: { program: "rsync", where: "line", share: 0.5 }, mistake: "share" },
  ],
  "inv-3": [
    { answer: { program: "webserver", file: "/etc/collector.conf", bytes: 12_000 }, mistake: "busiest" },
    { answer: { program: "collector", file: "/etc/collector.conf", bytes: 324_000 }, mistake: "total" },
    { answer: { program: "collector", file: "/etc/ld.so.cache", bytes: 12_000 }, mistake: "files" },
  ],
  "inv-4": [
    { answer: { waits: "pthread_mutex_lock", holds: "futex" }, mistake: "lock" },
    { answer: { waits: "pthread_mutex_lock", holds: "work" }, mistake: "whole" },
    { answer: { waits: "fdatasync", holds: "XLogFlush" }, mistake: "other" },
  ],
  "inv-5": [
    { answer: { server: "10.0.0.53", wait: 400 }, mistake: "healthy" },
    { answer: { server: "typo.invalid", wait: 400 }, mistake: "name" },
    { answer: { server: "192.0.2.53", wait: 0.4 }, mistake: "unit" },
    { answer: { server: "192.0.2.53", wait: 5000 }, mistake: "usual" },
  ],
  "inv-6": [
    { answer: { port: 80, from: "192.0.2.0/24", reason: "TCP_LISTEN_OVERFLOW" }, mistake: "web" },
    { answer: { port: 22, from: "192.0.2.17", reason: "TCP_LISTEN_OVERFLOW" }, mistake: "one" },
    { answer: { port: 22, from: "192.0.2.0/24", reason: "NO_SOCKET" }, mistake: "closed" },
  ],
  "inv-7": [
    {
      answer: { file: "[kworker/1:2-events]", intruded: "php-fpm", pool: "203.0.113.66:3333" },
      mistake: "disguise",
    },
    { answer: { file: "/tmp/.X11-unix/kworkerds", intruded: "sh", pool: "203.0.113.66:3333" }, mistake: "shell" },
    { answer: { file: "/tmp/.X11-unix/kworkerds", intruded: "systemd", pool: "203.0.113.66:3333" }, mistake: "init" },
    { answer: { file: "/tmp/.X11-unix/kworkerds", intruded: "php-fpm", pool: "203.0.113.66:80" }, mistake: "fetched" },
  ],
  "inv-8": [
    { answer: { first: "redis-server", taker: "redis-server", starter: "uploadd" }, mistake: "victim" },
    { answer: { first: "redis-server", taker: "convert", starter: "convert" }, mistake: "many" },
    { answer: { first: "convert", taker: "convert", starter: "uploadd" }, mistake: "second" },
  ],
  "inv-9": [
    { answer: { program: "cron", user: 1004, every: 700 }, mistake: "starter" },
    { answer: { program: "awk", user: 0, every: 700 }, mistake: "root" },
    { answer: { program: "awk", user: 1004, every: 0.7 }, mistake: "unit" },
    { answer: { program: "awk", user: 1004, every: 240 }, mistake: "run" },
  ],
  "inv-10": [
    { answer: { program: "deployd", call: "nanosleep", path: "/srv/releases/next" }, mistake: "sleeps" },
    { answer: { program: "deployd", call: "newfstatat", path: "/srv/releases" }, mistake: "folder" },
    { answer: { program: "webserver", call: "newfstatat", path: "/srv/releases/next" }, mistake: "server" },
  ],
};
