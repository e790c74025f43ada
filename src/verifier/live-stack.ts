/** Which stack slots some path from an instruction still reads. */
import type { Frame, State } from "./state.ts";

export class StackLiveness {
  /** The current instruction reads a slot. */
  read(_frame: Frame, _slot: number): void {}

  /** The current instruction writes bytes. */
  wrote(_frame: Frame, _offset: number, _size: number): void {}

  enter(_state: State): void {}

  query(_state: State): (frame: number, slot: number) => boolean {
    return () => true;
  }
}
