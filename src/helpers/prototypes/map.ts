/** Maps, ring buffers, storages: prototypes. */
import { any, bytes, key, map, PACKET, prototype, size0, value } from "./prototype.ts";

const found = { returns: "ptr_to_map_value_or_null" } as const;
const gone = { returns: "void" } as const;

export const MAP_PROTOTYPES = [
  prototype(
    1,
    "map_lookup_elem",
    [map, key],
    "The value for a key, to be read and written in place; NULL if the map has none.",
    { ...found, ...PACKET },
  ),
  prototype(
    2,
    "map_update_elem",
    [map, key, value, any],
    "Adds or replaces an element: flags 0 either, 1 only add (EEXIST), 2 only replace (ENOENT).",
    PACKET,
  ),
  prototype(3, "map_delete_elem", [map, key], "Removes an element; ENOENT if there was none.", PACKET),
  prototype(51, "redirect_map", [map, any, any], "Sends the packet to a device, CPU or socket of a map."),
  prototype(81, "get_local_storage", [map, any], "The storage of the cgroup that the program is attached to.", {
    returns: "ptr_to_map_value",
  }),
  prototype(87, "map_push_elem", [map, value, any], "Adds to a queue, a stack or a Bloom filter.", PACKET),
  prototype(88, "map_pop_elem", [map, "ptr_to_uninit_map_value"], "Takes the next element off a queue or stack."),
  prototype(
    89,
    "map_peek_elem",
    [map, "ptr_to_uninit_map_value"],
    "Reads the next element of a queue or stack, or asks a Bloom filter.",
  ),
  prototype(
    107,
    "sk_storage_get",
    [map, "ptr_to_btf_id_sock_common", "ptr_to_map_value_or_null", any],
    "A socket's own value; with flag 1 made if there is none.",
    {
      ...found,
      denied: ["syscall"],
      variants: { cgroup_sock: { args: [map, "ptr_to_ctx", "ptr_to_map_value_or_null", any] } },
    },
  ),
  prototype(108, "sk_storage_delete", [map, "ptr_to_btf_id_sock_common"], "Removes a socket's own value.", {
    denied: ["syscall"],
  }),
  prototype(130, "ringbuf_output", [map, bytes, size0, any], "Copies a record into a ring buffer."),
  prototype(
    131,
    "ringbuf_reserve",
    [map, "const_alloc_size_or_zero", any],
    "Room for a record in a ring buffer, to be submitted or discarded; NULL if it is full.",
    { returns: "ptr_to_ringbuf_mem_or_null" },
  ),
  prototype(132, "ringbuf_submit", ["ptr_to_ringbuf_mem_release", any], "Gives a reserved record to the reader.", gone),
  prototype(133, "ringbuf_discard", ["ptr_to_ringbuf_mem_release", any], "Drops a reserved record.", gone),
  prototype(134, "ringbuf_query", [map, any], "How full a ring buffer is, its size, or its positions."),
  prototype(
    145,
    "inode_storage_get",
    [map, "ptr_to_inode_or_null", "ptr_to_map_value_or_null", any],
    "An inode's own value; with flag 1 made if there is none.",
    found,
  ),
  prototype(146, "inode_storage_delete", [map, "ptr_to_inode_or_null"], "Removes an inode's own value."),
  prototype(
    156,
    "task_storage_get",
    [map, "ptr_to_task_struct_or_null", "ptr_to_map_value_or_null", any],
    "A task's own value; with flag 1 made if there is none.",
    found,
  ),
  prototype(157, "task_storage_delete", [map, "ptr_to_task_struct_or_null"], "Removes a task's own value."),
  prototype(
    164,
    "for_each_map_elem",
    [map, "ptr_to_func", "ptr_to_stack_or_null", any],
    "Calls a function of the program for each element; returns how many.",
  ),
  prototype(195, "map_lookup_percpu_elem", [map, key, any], "The value for a key on another CPU.", {
    ...found,
    ...PACKET,
  }),
  prototype(
    198,
    "ringbuf_reserve_dynptr",
    [map, any, any, "ptr_to_uninit_ringbuf_dynptr"],
    "Room for a record in a ring buffer, as a dynptr.",
  ),
  prototype(
    199,
    "ringbuf_submit_dynptr",
    ["ptr_to_ringbuf_dynptr_release", any],
    "Gives a reserved record to the reader.",
    gone,
  ),
  prototype(200, "ringbuf_discard_dynptr", ["ptr_to_ringbuf_dynptr_release", any], "Drops a reserved record.", gone),
  prototype(
    209,
    "user_ringbuf_drain",
    [map, "ptr_to_func", "ptr_to_stack_or_null", any],
    "Calls a function of the program for each record that a user wrote; returns how many.",
  ),
  prototype(
    210,
    "cgrp_storage_get",
    [map, "ptr_to_cgroup_or_null", "ptr_to_map_value_or_null", any],
    "A cgroup's own value; with flag 1 made if there is none.",
    found,
  ),
  prototype(211, "cgrp_storage_delete", [map, "ptr_to_cgroup_or_null"], "Removes a cgroup's own value."),
];
