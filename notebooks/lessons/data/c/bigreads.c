// The user's half: opens, configures, loads, attaches, reads events, and cleans up.
#include <stdio.h>
#include <stdlib.h>
#include <bpf/libbpf.h>
#include "bigreads.skel.h"

struct event {
	unsigned int pid;
	unsigned int bytes;
	char comm[16];
};

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *event = data;

	printf("%u %s %u\n", event->pid, event->comm, event->bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct bigreads_bpf *skel;
	struct ring_buffer *events = NULL;
	int rounds, err;

	skel = bigreads_bpf__open();			// 1. read the object; nothing is in Linux yet
	if (!skel)
		return 1;
	skel->rodata->min_bytes = argc > 1 ? strtoull(argv[1], NULL, 0) : 65536;
	bpf_program__set_autoload(skel->progs.on_exit, false);

	err = bigreads_bpf__load(skel);			// 2. maps, relocations, verifier
	if (err)
		goto out;
	err = bigreads_bpf__attach(skel);		// 3. hooks
	if (err)
		goto out;

	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, NULL, NULL);
	err = events ? 0 : 1;
	if (err)
		goto out;
	for (rounds = argc > 2 ? atoi(argv[2]) : 100; rounds > 0; rounds--)
		ring_buffer__poll(events, 100);		// 4. at most 100 ms each
	printf("%llu of %llu reads\n", (unsigned long long)skel->bss->reported,
	       (unsigned long long)skel->bss->seen);
out:
	ring_buffer__free(events);
	bigreads_bpf__destroy(skel);			// 5. all of it leaves Linux again
	return err != 0;
}
