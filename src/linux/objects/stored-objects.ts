import { ERRNO } from "../../maps/errno.ts";
import type { ObjectNames } from "../../maps/runtime.ts";
import type { StorageType } from "../../maps/spec.ts";
import { Cgroup } from "../cgroups.ts";
import { Inode } from "../fs/inode.ts";
import type { Linux } from "../linux.ts";
import { Sock } from "../net/sock.ts";
import { Task } from "../task.ts";

/** What names an object for users, who have no descriptors. */
function nameOf(type: StorageType, object: object): number | undefined {
  switch (type) {
    case "task_storage":
      return object instanceof Task ? object.pid : undefined;
    case "inode_storage":
      return object instanceof Inode ? object.ino : undefined;
    case "sk_storage":
      return object instanceof Sock ? object.cookie : undefined;
    case "cgrp_storage":
      return object instanceof Cgroup ? object.id : undefined;
  }
}

/** Objects of a machine that values of storage maps belong to. */
export class StoredObjects implements ObjectNames {
  readonly #linux: Linux;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** A task by its pid, a cgroup by its id; other objects only once a program has seen them. */
  objectOf(type: StorageType, name: number): number {
    const { objects } = this.#linux;
    const object = this.#known(type, name) ?? objects.find((other) => nameOf(type, other) === name);
    return object === undefined ? -ERRNO.EBADF : objects.offset(object);
  }

  /** Tasks and cgroups are found whether or not a program has seen them. */
  #known(type: StorageType, name: number): object | undefined {
    if (type === "task_storage") return this.#linux.taskOf(name);
    return type === "cgrp_storage" ? this.#linux.cgroups.list().find(({ id }) => id === name) : undefined;
  }

  nameOf(type: StorageType, offset: number): number | undefined {
    const object = this.#linux.objects.at(offset);
    return object && nameOf(type, object);
  }

  /** `gone` is told the offset of each object that goes. */
  whenGone(gone: (offset: number) => void): void {
    this.#linux.objects.gone.push(gone);
  }
}
