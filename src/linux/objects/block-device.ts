import type { Disk, Partition } from "../block/disk.ts";
import type { StructRow } from "./row.ts";

/** `MINORBITS`: a device number inside of Linux is major << 20 | minor. */
const MINOR_BITS = 20;
const MINORS = 16;

/** What `struct gendisk` is of a disk. */
export const GENDISK: StructRow<Disk> = {
  struct: "gendisk",
  write(w, disk) {
    w.text("disk_name", disk.name);
    w.int("major", disk.dev >>> MINOR_BITS);
    w.int("first_minor", disk.dev & ((1 << MINOR_BITS) - 1));
    w.int("minors", MINORS);
    w.pointer("part0", disk.whole, BLOCK_DEVICE);
    w.pointer("queue", disk, REQUEST_QUEUE);
  },
};

/** What `struct block_device` is of a disk or a part of it. */
export const BLOCK_DEVICE: StructRow<Partition> = {
  struct: "block_device",
  write(w, partition) {
    w.int("bd_start_sect", partition.start);
    w.int("bd_nr_sectors", partition.sectors);
    w.int("bd_dev", partition.dev);
    // In one word with flags above it since 6.10.
    w.int("bd_partno", partition.number);
    w.int("__bd_flags.counter", partition.number);
    w.pointer("bd_disk", partition.disk, GENDISK);
    w.pointer("bd_queue", partition.disk, REQUEST_QUEUE);
  },
};

/** What `struct request_queue` is of a disk. */
export const REQUEST_QUEUE: StructRow<Disk> = {
  struct: "request_queue",
  write(w, disk) {
    w.pointer("disk", disk, GENDISK);
    w.int("nr_requests", disk.model.depth);
    w.int("queue_depth", disk.model.depth);
  },
};
