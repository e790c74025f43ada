/** Messages about locks and other special fields of map values. */
import { row } from "./message-row.ts";

const ONE_LOCK = "Keep the lock for as few instructions as possible, and call helpers before or after.";
const ITS_TYPE = "Declare the map with a struct as value type, and compile with -g.";

export const LOCK_MESSAGES = {
  lock_call: row(
    "EINVAL",
    "function calls are not allowed while holding a lock",
    "A helper or kernel function is called while a lock is held, which might take long.",
    ONE_LOCK,
  ),
  lock_socket_filter: row(
    "EINVAL",
    "socket filter progs cannot use bpf_spin_lock yet",
    "The program uses a map with locks in its values, which socket filters may not.",
    "Use another program type, or a map without a lock.",
  ),
  special_tracing: row(
    "EINVAL",
    "tracing progs cannot use %s yet",
    "The program uses a map with {0} in its values, which programs that trace may not: they may interrupt its holder.",
    "Use another program type, or a map without it.",
  ),
  special_offset: row(
    "EINVAL",
    "R%d doesn't have constant offset. %s has to be at the constant offset",
    "r{0} may point to several places of the value, and {1} is at one.",
    "Take the address of the struct's member.",
    0,
  ),
  special_no_btf: row(
    "EINVAL",
    "map '%s' has to have BTF in order to use %s",
    "Without its value's type Linux does not know where {1} lies in map {0}.",
    ITS_TYPE,
  ),
  special_missing: row(
    "EINVAL",
    "%s '%s' has no valid %s",
    "The {0} '{1}' has no {2} (or more than one, or a misaligned one).",
    "Add one to the struct that is the map's value.",
  ),
  special_elsewhere: row(
    "EINVAL",
    "off %d doesn't point to 'struct %s' that is at %d",
    "The pointer is {0} bytes into the value, {1} is at {2}.",
    "Pass the address of that member.",
  ),
  timer_map: row(
    "EINVAL",
    "timer pointer in R1 map_uid=%d doesn't match map pointer in R2 map_uid=%d",
    "The timer lies in a value of another map.",
    "Pass the map that the timer's value is of.",
  ),
  unlock_nothing: row(
    "EINVAL",
    "%s_unlock without taking a lock",
    "No lock is held here.",
    "Lock first, on every path.",
  ),
  unlock_other: row(
    "EINVAL",
    "%s_unlock of different lock",
    "What is unlocked here is not (surely) the lock that was taken: two lookups may give two elements.",
    "Unlock through the pointer that was locked.",
  ),
  unlock_order: row(
    "EINVAL",
    "%s_unlock cannot be out of order",
    "Another lock was taken after this one and is still held.",
    "Unlock in the opposite order of locking.",
  ),
  lock_again: row(
    "EINVAL",
    "Acquiring the same lock again, AA deadlock detected",
    "The lock is held already: taking it again would wait forever.",
    "Take each lock once.",
  ),
  frozen_elements: row(
    "ENOTSUPP",
    "",
    "The map is frozen and read-only and has several elements: Linux reads such maps when it verifies, but only if there is one element.",
    "Put the constants into one element, or do not freeze the map.",
  ),
  special_direct: row(
    "EACCES",
    "%s cannot be accessed directly by load/store",
    "The access touches {0}, which only Linux may change.",
    "Use the helpers for {0}, and leave its bytes out when the value is copied.",
  ),
  kptr_helper: row(
    "EACCES",
    "%s cannot be accessed indirectly by helper",
    "The helper would read or write a pointer to an object of Linux.",
    "Pass only the part of the value without the pointer.",
  ),
  kptr_variable: row(
    "EACCES",
    "%s access cannot have variable offset",
    "The access may touch a pointer to an object of Linux, and its place is not known.",
    "Access the member by its constant offset.",
  ),
  kptr_misaligned: row(
    "EACCES",
    "%s access misaligned expected=%d off=%d",
    "The access is at {2}, the pointer at {1}.",
    "Access the pointer as a whole.",
  ),
  kptr_size: row(
    "EACCES",
    "%s access size must be BPF_DW",
    "A pointer is accessed in 8 bytes.",
    "Access the pointer as a whole.",
  ),
} as const;
