/** A term of the course: where it is explained first, and what it means. */
export interface Term {
  readonly term: string;
  /** Other words for it, as lessons write them. */
  readonly also: readonly string[];
  /** The number of the lesson that explains it. */
  readonly lesson: string;
  readonly meaning: string;
}

/** `term (also; also) = lesson: meaning`, a line each. */
function terms(lines: string): Term[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [, term, also, lesson, meaning] = /^\s*([^=(]+?)(?: \(([^)]*)\))? = (\d\d): (.+)$/.exec(line)!;
      return { term: term!, also: also?.split("; ") ?? [], lesson: lesson!, meaning: meaning! };
    });
}

/** All terms that lessons explain, by their names. */
export const TERMS: readonly Term[] = [
  ...terms(`
    map = 00: A table that a program in the kernel fills and that you read. Programs and processes share it.
    context = 00: What Linux knows about the event for which a program runs. The program starts with its address in r1.
    stack (stacks) = 00: Of a program: 512 bytes of memory for one run, whose end r10 holds. Of a process: the chain of functions that are being executed.
    helper (helpers) = 00: A function that Linux offers to programs. Arguments are in r1 to r5, the result is in r0.
    eBPF = 01: Small programs, written by you, checked by Linux, run inside the kernel at events that you choose; what they learn they leave in maps.
    BPF = 01: The BSD Packet Filter of 1992: a tiny program in the kernel that says of each packet how many bytes to keep. Today called classic BPF.
    kernel module = 01: A file of machine code that Linux loads and trusts. It may do everything, and so may its bugs.
    verifier = 01: The part of Linux that follows every way through a program before it runs, and refuses what it cannot prove to be safe.
    JIT = 01: Just in time: the compiler in Linux that makes native code of a program when it is loaded.
    hook (hooks; attached) = 01: A place where Linux looks whether a program wants to know. A program runs when it is attached to one.
    tracepoint = 01: A place in Linux that its authors marked, with a name and fields that stay from release to release.
    kprobe = 01: The beginning of nearly any function of Linux as a hook.
    perf_event = 01: A hook that runs a program when a counter overflows: a clock, or the processor's own counters.
    XDP = 01: The earliest hook for packets: in the driver of the network card, before Linux has a buffer for the packet.
    type (program type) = 01: Says what a program gets in r1, which helpers it may call, and what its result means.
    class = 02: The lowest three bits of an instruction's code: arithmetic, jump, load or store.
    block (blocks) = 02: Instructions that always run one after the other. Programs are drawn as blocks and the ways between them.
    hash = 03: A map with keys of any form, found by a number that is computed from the key.
    errno = 03: An error as a small number with a name. Linux gives it negative: −2 is ENOENT.
    E2BIG = 03: Errno 7. Of a map: it is full.
    EEXIST = 03: Errno 17. Of a map: the key is there already.
    ENOENT = 03: Errno 2. Of a map: there is no such key. Of a file: there is none.
    array = 03: A map whose keys are the numbers from 0 on. All elements are there from the start.
    atomic = 03: Of an operation: no other CPU can come in between.
    per-CPU (per-CPU map) = 03: Of a map: each CPU has its own values, so no two CPUs are in each other's way. The reader adds them up.
    LRU = 03: Of a map: when it is full, what was used least recently makes room.
    record (records) = 03: What a program sends for one event: some bytes with a layout that both sides know.
    ring buffer = 03: A map into which programs write records at one end, and a process reads them at the other, in order.
    perf event array (perf buffer; perf buffers) = 03: The older way to send records: a buffer for each CPU.
    queue = 03: A map that gives back first what came first. A stack gives back what came last.
    LPM trie (longest prefix) = 03: A map that finds the longest entry with which a key begins: a network for an address.
    program array = 03: A map of programs, for tail calls.
    array of maps = 03: A map of maps: programs look one up and then look into it.
    stack trace = 03: A map of stacks, each under a number that is computed from its addresses.
    license = 04: What a program says about itself. Some helpers are for programs under the GPL only.
    kfunc (kfuncs) = 04: A function of Linux that programs may call by its number in BTF. Unlike helpers nobody promises that it stays.
    pruning = 06: The verifier does not follow a way again when it knows as much as it did on an earlier one.
    object file = 07: What a compiler makes of a source file: instructions, data and types, to be loaded later.
    log = 07: What the verifier prints: at level 1 why it refuses, at level 2 what it knew at each instruction.
    WebAssembly = 08: A simple machine code that browsers and Node.js turn into that of the real processor. Programs run as WebAssembly here.
    local = 08: A variable of a function in WebAssembly. The JIT makes one of each register.
    tail call = 08: A jump into another program that does not come back; at most 33 in one run.
    interpreter = 08: Executes a program instruction by instruction, without compiling it.
    blinding constants (constant blinding) = 08: A hardened JIT combines each constant with a random number, so that nobody can smuggle machine code in as constants.
    section (sections) = 09: A piece of an object file with a name. For libbpf it says what a program is attached to.
    unrolling = 09: A compiler writes the rounds of a loop one after the other.
    relocation (relocations) = 09: A note in an object file: here belongs something that is known only at load time.
    raw tracepoint = 10: A tracepoint before a record is made of the event: faster, and with the function's own arguments.
    kretprobe = 10: The return from a function as a hook; the program sees the result.
    fentry (fexit) = 10: Beginning and end of a function as hooks whose arguments have types, from BTF. fexit sees arguments and result.
    tc (traffic control) = 10: The hook for packets in both directions, after Linux has made a buffer of each.
    LSM (security modules; security module) = 10: Places where Linux asks whether something is allowed; programs can answer with an errno.
    system call = 11: How a process asks Linux for something: open a file, send a packet, start a program.
    histogram = 12: Counts of values by ranges, drawn as bars.
    latency = 12: The time from asking for something until it is there.
    bucket = 12: One range of a histogram.
    log2 histogram = 12: A histogram whose buckets double in width: 1, 2 to 3, 4 to 7, and so on.
    page cache = 12: Memory in which Linux keeps what was read from disks, in case somebody wants it again.
    thread = 12: One strand of execution of a process; each has a number of its own.
    median = 12: The value in the middle: half of all are smaller.
    outlier = 12: A value far away from the others.
    percentile = 12: The 99th percentile, p99, is the value that 99 of 100 do not exceed.
    heat map = 12: Histograms one after the other from left to right; the colour says how many.
    folded = 13: A profile as text: a stack a line, outermost function first, then a number.
    flame graph = 13: A picture of many stacks: a box a function, as wide as its share of the samples.
    idle (idle task) = 13: Process 0, which a CPU executes when it has nothing to do.
    symbolization = 13: Finding the names of functions for addresses.
    off the CPU (off-CPU) = 13: The time in which a thread does not run: it waits.
    differential (differential flame graph) = 13: A flame graph whose colours say what has become more or less since another one.
    frame pointer (frame pointers) = 13: A register that leads from a function's part of the stack to that of its caller; profilers walk along it.
    EtherType = 14: Two bytes of an Ethernet header that say what comes next: 0x0800 is IPv4.
    network byte order = 14: The highest byte first, as packets have their numbers.
    VLAN = 14: A tag of four bytes in a packet by which one cable carries several networks.
    XDP_PASS = 14: Verdict 2 of an XDP program: Linux goes on with the packet.
    XDP_DROP = 14: Verdict 1: the packet is gone.
    XDP_TX = 14: Verdict 3: back out of the card that it came from.
    XDP_REDIRECT = 14: Verdict 4: to another card, a CPU or a socket.
    XDP_ABORTED = 14: Verdict 0: an error; the packet is dropped, and a tracepoint tells.
    native (native mode) = 14: XDP in the driver of the card.
    generic (generic mode) = 14: XDP in Linux itself, later and slower, for drivers that cannot.
    offloaded = 14: XDP on the network card's own processor.
    load balancer = 15: Divides connections among several servers.
    network namespace = 15: A network of its own, with its own devices and addresses, as containers have.
    veth pair = 15: Two network devices: what goes into one comes out of the other.
    hardware address (MAC address) = 15: Six bytes at the beginning of an Ethernet packet: the card that it is for.
    Maglev hashing = 15: A way to fill a table of servers so that few places change when a server fails.
    checksum = 15: A sum over a header and its data by which a receiver notices that a byte has changed.
    inode = 16: The file itself, whatever names it has; it has a number.
    signal = 16: A short message to a process; 9, SIGKILL, ends it.
    container = 16: A group of processes with a cgroup and namespaces around it.
    cgroup = 16: A group of processes that Linux counts, limits, and asks programs about together.
    seccomp = 16: A filter for system calls that a process gives itself; a program of classic BPF.
    detector = 16: Tells of what is strange, and refuses nothing.
    CO-RE = 17: Compile once, run everywhere: one object that adapts to the Linux on which it is loaded.
    BTF = 17: BPF Type Format: all types of Linux, or of an object, as data.
    vmlinux.h = 17: All types of Linux as one C header, printed from BTF.
    flavour = 17: Another description of a structure with only the members that matter; what follows three underscores is no part of the name.
    libbpf = 18: The C library that opens, loads and attaches objects.
    skeleton = 18: A file made from an object, by which its maps, variables and programs have names in C or TypeScript.
    constant = 18: Of an object: a variable in .rodata, set before loading and known to the verifier.
    open = 18: First state of an object: read, nothing is in Linux yet.
    load = 18: Second: maps are made, programs verified; nothing runs yet.
    attach = 18: Third: programs are connected to their hooks by links, and run.
    destroy = 18: Last: everything is taken away.
    link = 18: Connects a program with a hook. When it goes, the program is detached.
    pin (pins) = 18: Gives something in Linux a name in /sys/fs/bpf, so that it stays when its process ends.
  `),
  ...terms(`
    bpftrace = 19: A small language in which a question to the machine is one line.
    probe = 19: In bpftrace: when an action runs.
    filter = 19: In bpftrace: a condition between slashes.
    action = 19: In bpftrace: what is done, in braces.
    kind = 19: In bpftrace: what stands before a probe's first colon, such as kprobe.
    builtin (builtins) = 19: In bpftrace: a name that is always there, such as pid and comm.
    cast = 20: In bpftrace and C: saying of which type a number is, so that its members can be read.
    tuple = 20: In bpftrace: several values in round brackets, as one.
    static probe (static probes; USDT) = 20: A place in a program that its authors marked for tracing.
    bpftool = 21: The tool that shows and changes all that eBPF has put into a Linux: programs, maps, links, types.
    id = 21: A number that Linux gives to a program, a map, a link or a BTF, anew at each start.
    bcc = 22: BPF Compiler Collection: more than a hundred small tools, and the library that they are built with.
    distribution = 22: Which values there are, and how often each.
    reservation (reservations) = 23: Room in a ring buffer that a program has taken and not yet submitted or discarded.
    reference = 23: Something that a program was given and has to give back on every way.
    position (positions) = 23: How far a ring buffer was written, and how far it was read; both only grow.
    sample = 23: A part that stands for the whole; who reads it multiplies.
    lost = 23: Of an event: there was no room for it in the buffer.
    compare-and-exchange = 24: An operation: put in mine if the value is still this one, and say what it was. Others can be built from it.
    spin lock = 24: A value that only one CPU can take; others go round until it is free.
    deadlock = 24: Two wait for each other for ever.
    subprogram = 25: A function of a program's own, called by the program or by a helper.
    loop by helper = 25: A helper, such as bpf_loop, that calls a function of the program many times.
    global (global function) = 25: A function that the verifier checks once by itself, for all arguments of its types.
  `),
];

/** The term of a word or of another word for it; undefined if the course explains none. */
export function termOf(word: string): Term | undefined {
  const small = word.trim().toLowerCase();
  return TERMS.find(({ term, also }) => [term, ...also].some((name) => name.toLowerCase() === small));
}
