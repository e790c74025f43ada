/** Registers and stack slots whose exact values are wanted, while a path is walked back. */
import { slotNames } from "./live-stack.ts";

const FRAMES = 8;

/** In a mask of registers: some stack slot. */
export const ANY_SLOT = 1 << 14;
/** In every mask. */
export const ANYTHING = 1 << 15;

/** Registers and stack slots that are wanted precisely, by frame. */
export class Wanted {
  frame = 0;
  readonly registers = new Int32Array(FRAMES);
  /** 64 slots a frame: two words. */
  readonly slots = new Int32Array(2 * FRAMES);

  reset(frame: number): void {
    this.frame = frame;
    for (let each = 0; each < FRAMES; each++)
      this.registers[each] = this.slots[2 * each] = this.slots[2 * each + 1] = 0;
  }

  get empty(): boolean {
    for (let frame = 0; frame <= this.frame; frame++)
      if ((this.registers[frame] | this.slots[2 * frame] | this.slots[2 * frame + 1]) !== 0) return false;
    return true;
  }

  /** Nothing but registers of the current frame is wanted. */
  get isOneFrame(): boolean {
    for (let frame = 0; frame <= this.frame; frame++)
      if ((this.slots[2 * frame] | this.slots[2 * frame + 1]) !== 0) return false;
    for (let frame = 0; frame < this.frame; frame++) if (this.registers[frame] !== 0) return false;
    return true;
  }

  /** The current frame's registers as bits, with `ANY_SLOT` if some stack slot is wanted, and `ANYTHING`. */
  get mask(): number {
    let slots = 0;
    for (let frame = 0; frame <= this.frame; frame++) slots |= this.slots[2 * frame] | this.slots[2 * frame + 1];
    return this.registers[this.frame] | (slots === 0 ? 0 : ANY_SLOT) | ANYTHING;
  }

  has(register: number): boolean {
    return ((this.registers[this.frame] >>> register) & 1) !== 0;
  }

  add(register: number, frame = this.frame): void {
    this.registers[frame] |= 1 << register;
  }

  drop(register: number, frame = this.frame): void {
    this.registers[frame] &= ~(1 << register);
  }

  hasSlot(frame: number, slot: number): boolean {
    return ((this.slots[2 * frame + (slot >> 5)] >>> (slot & 31)) & 1) !== 0;
  }

  addSlot(frame: number, slot: number): void {
    this.slots[2 * frame + (slot >> 5)] |= 1 << (slot & 31);
  }

  dropSlot(frame: number, slot: number): void {
    this.slots[2 * frame + (slot >> 5)] &= ~(1 << (slot & 31));
  }

  registersText(frame = this.frame): string {
    const names: string[] = [];
    for (let register = 0; register < 32; register++)
      if ((this.registers[frame] >>> register) & 1) names.push(`r${register}`);
    return names.join(",");
  }

  slotsText(frame = this.frame): string {
    return slotNames(this.slots[2 * frame], this.slots[2 * frame + 1]);
  }
}
