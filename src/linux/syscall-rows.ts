/**
 * The system calls of x86-64 that have tracepoints, one a line: number, name (`name=entry` where the kernel's function
 * is called differently), id of the enter tracepoint, offset and size of `__x64_sys_ENTRY` in Linux's text, arguments as
 * the tracepoint's format prints them. Facts read from a running Linux 6.18.44: tracefs and /proc/kallsyms.
 */
export const SYSCALL_ROWS = `
0 read 842 0x6b65f0 32 unsigned int fd, char * buf, size_t count
1 write 840 0x6b6740 32 unsigned int fd, const char * buf, size_t count
2 open 784 0x6b2480 160 const char * filename, int flags, umode_t mode
3 close 776 0x6b2c40 128 unsigned int fd
4 stat=newstat 858 0x6bf750 32 const char * filename, struct stat * statbuf
5 fstat=newfstat 852 0x6bf850 32 unsigned int fd, struct stat * statbuf
6 lstat=newlstat 856 0x6bf7a0 32 const char * filename, struct stat * statbuf
7 poll 906 0x6d8220 432 struct pollfd * ufds, unsigned int nfds, int timeout_msecs
8 lseek 844 0x6b5210 32 unsigned int fd, off_t offset, unsigned int whence
9 mmap 174 0x304880 80 unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long off
10 mprotect 705 0x5f6c80 48 unsigned long start, size_t len, unsigned long prot
11 munmap 693 0x5f25b0 48 unsigned long addr, size_t len
12 brk 695 0x5f0ff0 16 unsigned long brk
13 rt_sigaction 237 0x372d20 272 int sig, const struct sigaction * act, struct sigaction * oact, size_t sigsetsize
14 rt_sigprocmask 257 0x36d1a0 336 int how, sigset_t * nset, sigset_t * oset, size_t sigsetsize
15 rt_sigreturn 135 0x2fc880 224
16 ioctl 898 0x6d42b0 256 unsigned int fd, unsigned int cmd, unsigned long arg
17 pread64 838 0x6b6860 224 unsigned int fd, char * buf, size_t count, loff_t pos
18 pwrite64 836 0x6b6ae0 224 unsigned int fd, const char * buf, size_t count, loff_t pos
19 readv 834 0x6b6ca0 32 unsigned long fd, const struct iovec * vec, unsigned long vlen
20 writev 832 0x6b6d00 32 unsigned long fd, const struct iovec * vec, unsigned long vlen
21 access 808 0x6b0530 48 const char * filename, int mode
22 pipe 864 0x6c5490 32 int * fildes
23 select 910 0x6d8050 48 int n, fd_set * inp, fd_set * outp, fd_set * exp, struct __kernel_old_timeval * tvp
24 sched_yield 388 0x3ccfd0 32
25 mremap 707 0x5f9870 48 unsigned long addr, unsigned long old_len, unsigned long new_len, unsigned long flags, unsigned long new_addr
26 msync 709 0x5f9be0 32 unsigned long start, size_t len, int flags
27 mincore 679 0x5ed260 464 unsigned long start, size_t len, unsigned char * vec
28 madvise 726 0x63acd0 64 unsigned long start, size_t len_in, int behavior
29 shmget 2054 0xa6a630 144 key_t key, size_t size, int shmflg
30 shmat 2050 0xa6ae40 96 int shmid, char * shmaddr, int shmflg
31 shmctl 2052 0xa6a760 32 int shmid, int cmd, struct shmid_ds * buf
32 dup 916 0x6e6720 256 unsigned int fildes
33 dup2 918 0x6e6500 256 unsigned int oldfd, unsigned int newfd
34 pause 235 0x3734f0 80
35 nanosleep 469 0x41fae0 224 struct __kernel_timespec * rqtp, struct __kernel_timespec * rmtp
36 getitimer 498 0x42eee0 224 int which, struct __kernel_old_itimerval * value
37 alarm 496 0x42f370 176 unsigned int seconds
38 setitimer 494 0x42f4f0 368 int which, struct __kernel_old_itimerval * value, struct __kernel_old_itimerval * ovalue
39 getpid 309 0x377b60 48
40 sendfile=sendfile64 822 0x6b7290 224 int out_fd, int in_fd, loff_t * offset, size_t count
41 socket 2242 0xe2ada0 32 int family, int type, int protocol
42 connect 2230 0xe2b990 48 int fd, struct sockaddr * uservaddr, int addrlen
43 accept 2232 0xe2b7b0 48 int fd, struct sockaddr * upeer_sockaddr, int * upeer_addrlen
44 sendto 2224 0xe2bed0 64 int fd, void * buff, size_t len, unsigned int flags, struct sockaddr * addr, int addr_len
45 recvfrom 2222 0xe2c170 64 int fd, void * ubuf, size_t size, unsigned int flags, struct sockaddr * addr, int * addr_len
46 sendmsg 2214 0xe2c930 32 int fd, struct user_msghdr * msg, unsigned int flags
47 recvmsg 2210 0xe2cd20 32 int fd, struct user_msghdr * msg, unsigned int flags
48 shutdown 2216 0xe2c690 32 int fd, int how
49 bind 2238 0xe2b270 48 int fd, struct sockaddr * umyaddr, int addrlen
50 listen 2236 0xe2b430 32 int fd, int backlog
51 getsockname 2228 0xe2bb00 48 int fd, struct sockaddr * usockaddr, int * usockaddr_len
52 getpeername 2226 0xe2bc70 48 int fd, struct sockaddr * usockaddr, int * usockaddr_len
53 socketpair 2240 0xe2b080 48 int family, int type, int protocol, int * usockvec
54 setsockopt 2220 0xe2c390 48 int fd, int level, int optname, char * optval, int optlen
55 getsockopt 2218 0xe2c4f0 48 int fd, int level, int optname, char * optval, int * optlen
56 clone 196 0x356d10 48 unsigned long clone_flags, unsigned long newsp, int * parent_tidptr, int * child_tidptr, unsigned long tls
57 fork 200 0x356c10 112
58 vfork 198 0x356c90 112
59 execve 862 0x6c2d10 80 const char * filename, const char *const * argv, const char *const * envp
60 exit 218 0x35e090 32 int error_code
61 wait4 212 0x35eed0 32 pid_t upid, int * stat_addr, int options, struct rusage * ru
62 kill 251 0x371370 192 pid_t pid, int sig
63 uname=newuname 283 0x378390 16 struct new_utsname * name
64 semget 2046 0xa65f50 144 key_t key, int nsems, int semflg
65 semop 2040 0xa67bb0 32 int semid, struct sembuf * tsops, unsigned nsops
66 semctl 2044 0xa66090 32 int semid, int semnum, int cmd, unsigned long arg
67 shmdt 2048 0xa6b1e0 16 char * shmaddr
68 msgget 2038 0xa62470 128 key_t key, int msgflg
69 msgsnd 2034 0xa626f0 80 int msqid, struct msgbuf * msgp, size_t msgsz, int msgflg
70 msgrcv 2032 0xa628a0 48 int msqid, struct msgbuf * msgp, size_t msgsz, long msgtyp, int msgflg
71 msgctl 2036 0xa62590 32 int msqid, int cmd, struct msqid_ds * buf
72 fcntl 896 0x6d2a70 288 unsigned int fd, unsigned int cmd, unsigned long arg
73 flock 1117 0x74c990 16 unsigned int fd, unsigned int cmd
74 fsync 1021 0x70cc80 32 unsigned int fd
75 fdatasync 1019 0x70cce0 32 unsigned int fd
76 truncate 818 0x6afc10 208 const char * path, long length
77 ftruncate 816 0x6b0140 48 unsigned int fd, off_t length
78 getdents 902 0x6d5400 272 unsigned int fd, struct linux_dirent * dirent, unsigned int count
79 getcwd 1035 0x70ed30 32 char * buf, unsigned long size
80 chdir 806 0x6b05b0 240 const char * filename
81 fchdir 804 0x6b07b0 208 unsigned int fd
82 rename 868 0x6d1400 192 const char * oldname, const char * newname
83 mkdir 888 0x6cf760 128 const char * pathname, umode_t mode
84 rmdir 886 0x6cfa00 112 const char * pathname
85 creat 778 0x6b2b40 112 const char * pathname, umode_t mode
86 link 874 0x6d09b0 192 const char * oldname, const char * newname
87 unlink 882 0x6cffb0 112 const char * pathname
88 symlink 878 0x6d0380 192 const char * oldname, const char * newname
89 readlink 848 0x6bf950 80 const char * path, char * buf, int bufsiz
90 chmod 794 0x6b1280 176 const char * filename, umode_t mode
91 fchmod 800 0x6b0ee0 176 unsigned int fd, umode_t mode
92 chown 790 0x6b17d0 48 const char * filename, uid_t user, gid_t group
93 fchown 786 0x6b1a10 160 unsigned int fd, uid_t user, gid_t group
94 lchown 788 0x6b1850 64 const char * filename, uid_t user, gid_t group
95 umask 269 0x379cc0 48 int mask
96 gettimeofday 451 0x418ff0 192 struct __kernel_old_timeval * tv, struct timezone * tz
97 getrlimit 277 0x378e40 224 unsigned int resource, struct rlimit * rlim
98 getrusage 271 0x379c50 32 int who, struct rusage * ru
99 sysinfo 263 0x37acc0 16 struct sysinfo * info
100 times 295 0x377d30 144 struct tms * tbuf
101 ptrace 231 0x368710 352 long request, long pid, unsigned long addr, unsigned long data
102 getuid 303 0x377c30 48
103 syslog 410 0x3e2450 80 int type, char * buf, int len
104 getgid 299 0x377cb0 48
105 setuid 323 0x376ac0 16 uid_t uid
106 setgid 327 0x376590 16 gid_t gid
107 geteuid 301 0x377c70 48
108 getegid 297 0x377cf0 48
109 setpgid 293 0x377fa0 16 pid_t pid, pid_t pgid
110 getppid 305 0x377be0 64
111 getpgrp 289 0x378040 64
112 setsid 285 0x378360 32
113 setreuid 325 0x376920 16 uid_t ruid, uid_t euid
114 setregid 329 0x376450 16 gid_t rgid, gid_t egid
115 getgroups 352 0x3990c0 208 int gidsetsize, gid_t * grouplist
116 setgroups 350 0x3992e0 32 int gidsetsize, gid_t * grouplist
117 setresuid 321 0x377010 32 uid_t ruid, uid_t euid, uid_t suid
118 getresuid 319 0x377070 192 uid_t * ruidp, uid_t * euidp, uid_t * suidp
119 setresgid 317 0x377730 32 gid_t rgid, gid_t egid, gid_t sgid
120 getresgid 315 0x377790 176 gid_t * rgidp, gid_t * egidp, gid_t * sgidp
121 getpgid 291 0x377fe0 32 pid_t pid
122 setfsuid 313 0x3779f0 16 uid_t uid
123 setfsgid 311 0x377b20 16 gid_t gid
124 getsid 287 0x378090 144 pid_t pid
125 capget 229 0x366230 32 cap_user_header_t header, cap_user_data_t dataptr
126 capset 227 0x366280 32 cap_user_header_t header, const cap_user_data_t data
127 rt_sigpending 255 0x36d5e0 224 sigset_t * uset, size_t sigsetsize
128 rt_sigtimedwait 253 0x370e50 208 const sigset_t * uthese, siginfo_t * uinfo, const struct __kernel_timespec * uts, size_t sigsetsize
129 rt_sigqueueinfo 243 0x371ca0 160 pid_t pid, int sig, siginfo_t * uinfo
130 rt_sigsuspend 233 0x373550 128 sigset_t * unewset, size_t sigsetsize
131 sigaltstack 239 0x372500 224 const stack_t * uss, stack_t * uoss
132 utime 1027 0x70da10 160 char * filename, struct utimbuf * times
133 mknod 892 0x6cf390 128 const char * filename, umode_t mode, unsigned dev
135 personality 207 0x3574a0 48 unsigned int personality
136 ustat 1037 0x7102d0 32 unsigned dev, struct ustat * ubuf
137 statfs 1041 0x710170 32 const char * pathname, struct statfs * buf
138 fstatfs 1039 0x710220 32 unsigned int fd, struct statfs * buf
139 sysfs 924 0x6e6ed0 192 int option, unsigned long arg1, unsigned long arg2
140 getpriority 331 0x3761e0 16 int which, int who
141 setpriority 333 0x376180 32 int which, int who, int niceval
142 sched_setparam 402 0x3cc070 48 pid_t pid, struct sched_param * param
143 sched_getparam 396 0x3cc5b0 256 pid_t pid, struct sched_param * param
144 sched_setscheduler 404 0x3cbfd0 64 pid_t pid, int policy, struct sched_param * param
145 sched_getscheduler 398 0x3cc490 128 pid_t pid
146 sched_get_priority_max 386 0x3cd000 96 int policy
147 sched_get_priority_min 384 0x3cd0e0 96 int policy
148 sched_rr_get_interval 382 0x3cd1c0 96 pid_t pid, struct __kernel_timespec * interval
149 mlock 689 0x5ef3a0 48 unsigned long start, size_t len
150 munlock 685 0x5ef4e0 272 unsigned long start, size_t len
151 mlockall 683 0x5ef720 16 int flags
152 munlockall 681 0x5ef760 224
153 vhangup 774 0x6b2d60 48
154 modify_ldt 172 0x302300 160 int func, void * ptr, unsigned long bytecount
155 pivot_root 934 0x6f2250 32 const char * new_root, const char * put_old
157 prctl 267 0x37ab40 32 int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5
158 arch_prctl 176 0x30b490 144 int option, unsigned long arg2
159 adjtimex 447 0x419660 16 struct __kernel_timex * txc_p
160 setrlimit 273 0x379560 128 unsigned int resource, struct rlimit * rlim
161 chroot 802 0x6b0970 336 const char * filename
162 sync 1025 0x70ca10 32
163 acct 531 0x444430 128 const char * name
164 settimeofday 449 0x419280 240 struct __kernel_old_timeval * tv, struct timezone * tz
165 mount 940 0x6f1890 336 char * dev_name, char * dir_name, char * type, unsigned long flags, void * data
166 umount2=umount 944 0x6ede00 128 char * name, int flags
167 swapon 728 0x643bb0 32 const char * specialfile, int swap_flags
168 swapoff 730 0x643af0 16 const char * specialfile
169 reboot 348 0x3967e0 32 int magic1, int magic2, unsigned int cmd, void * arg
170 sethostname 281 0x3786c0 432 char * name, int len
171 setdomainname 279 0x378ab0 432 char * name, int len
172 iopl 167 0x300a40 32 unsigned int level
173 ioperm 169 0x3009e0 32 unsigned long from, unsigned long num, int turn_on
179 quotactl 1151 0x76cf20 464 unsigned int cmd, const char * special, qid_t id, void * addr
186 gettid 307 0x377ba0 48
187 readahead 615 0x59f120 32 int fd, loff_t offset, size_t count
188 setxattr 974 0x6f6d40 64 const char * pathname, const char * name, const void * value, size_t size, int flags
189 lsetxattr 972 0x6f6de0 64 const char * pathname, const char * name, const void * value, size_t size, int flags
190 fsetxattr 970 0x6f6e80 64 int fd, const char * name, const void * value, size_t size, int flags
191 getxattr 966 0x6f7490 48 const char * pathname, const char * name, void * value, size_t size
192 lgetxattr 964 0x6f7500 48 const char * pathname, const char * name, void * value, size_t size
193 fgetxattr 962 0x6f7580 32 int fd, const char * name, void * value, size_t size
194 listxattr 958 0x6f7640 32 const char * pathname, char * list, size_t size
195 llistxattr 956 0x6f76a0 32 const char * pathname, char * list, size_t size
196 flistxattr 954 0x6f7700 32 int fd, char * list, size_t size
197 removexattr 950 0x6f77e0 48 const char * pathname, const char * name
198 lremovexattr 948 0x6f7860 48 const char * pathname, const char * name
199 fremovexattr 946 0x6f78e0 48 int fd, const char * name
200 tkill 245 0x371ac0 224 pid_t pid, int sig
201 time 453 0x418c70 64 __kernel_old_time_t * tloc
202 futex 522 0x43b330 528 u32 * uaddr, int op, u32 val, const struct __kernel_timespec * utime, u32 * uaddr2, u32 val3
203 sched_setaffinity 392 0x3ccc20 112 pid_t pid, unsigned int len, unsigned long * user_mask_ptr
204 sched_getaffinity 390 0x3ccdf0 224 pid_t pid, unsigned int len, unsigned long * user_mask_ptr
206 io_setup 1103 0x7394e0 192 unsigned nr_events, aio_context_t * ctxp
207 io_destroy 1101 0x739750 240 aio_context_t ctx
208 io_getevents 1095 0x73a1e0 208 aio_context_t ctx_id, long min_nr, long nr, struct io_event * events, struct __kernel_timespec * timeout
209 io_submit 1099 0x739950 432 aio_context_t ctx_id, long nr, struct iocb * * iocbpp
210 io_cancel 1097 0x739e50 448 aio_context_t ctx_id, struct iocb * iocb, struct io_event * result
213 epoll_create 1073 0x72d4b0 48 int size
216 remap_file_pages 691 0x5f2630 48 unsigned long start, unsigned long size, unsigned long prot, unsigned long pgoff, unsigned long flags
217 getdents64 900 0x6d5640 272 unsigned int fd, struct linux_dirent64 * dirent, unsigned int count
218 set_tid_address 202 0x354660 64 int * tidptr
219 restart_syscall 259 0x36ce90 32
220 semtimedop 2042 0xa67820 176 int semid, struct sembuf * tsops, unsigned int nsops, const struct __kernel_timespec * timeout
221 fadvise64 613 0x5983b0 48 int fd, loff_t offset, size_t len, int advice
222 timer_create 492 0x42a160 144 const clockid_t which_clock, struct sigevent * timer_event_spec, timer_t * created_timer_id
223 timer_settime 486 0x42a6d0 208 timer_t timer_id, int flags, const struct __kernel_itimerspec * new_setting, struct __kernel_itimerspec * old_setting
224 timer_gettime 490 0x42a340 128 timer_t timer_id, struct __kernel_itimerspec * setting
225 timer_getoverrun 488 0x42a580 96 timer_t timer_id
226 timer_delete 484 0x42aa50 96 timer_t timer_id
227 clock_settime 482 0x42ad60 192 const clockid_t which_clock, const struct __kernel_timespec * tp
228 clock_gettime 480 0x42af00 192 const clockid_t which_clock, struct __kernel_timespec * tp
229 clock_getres 476 0x42b180 192 const clockid_t which_clock, struct __kernel_timespec * tp
230 clock_nanosleep 474 0x42b890 320 const clockid_t which_clock, int flags, const struct __kernel_timespec * rqtp, struct __kernel_timespec * rmtp
231 exit_group 216 0x35e1b0 32 int error_code
232 epoll_wait 1069 0x72e670 288 int epfd, struct epoll_event * events, int maxevents, int timeout
233 epoll_ctl 1071 0x72e3f0 160 int epfd, int op, int fd, struct epoll_event * event
234 tgkill 247 0x3718c0 240 pid_t tgid, pid_t pid, int sig
235 utimes 1029 0x70d9b0 32 char * filename, struct __kernel_old_timeval * utimes
237 mbind 738 0x65c010 48 unsigned long start, unsigned long len, unsigned long mode, const unsigned long * nmask, unsigned long maxnode, unsigned int flags
238 set_mempolicy 736 0x659b50 32 int mode, const unsigned long * nmask, unsigned long maxnode
239 get_mempolicy 732 0x659c30 64 int * policy, unsigned long * nmask, unsigned long maxnode, unsigned long addr, unsigned long flags
240 mq_open 2066 0xa6e880 144 const char * u_name, int oflag, umode_t mode, struct mq_attr * u_attr
241 mq_unlink 2064 0xa6e9c0 16 const char * u_name
242 mq_timedsend 2062 0xa6ea00 176 mqd_t mqdes, const char * u_msg_ptr, size_t msg_len, unsigned int msg_prio, const struct __kernel_timespec * u_abs_timeout
243 mq_timedreceive 2060 0xa6eb80 192 mqd_t mqdes, char * u_msg_ptr, size_t msg_len, unsigned int * u_msg_prio, const struct __kernel_timespec * u_abs_timeout
244 mq_notify 2058 0xa6ed10 128 mqd_t mqdes, const struct sigevent * u_notification
245 mq_getsetattr 2056 0xa6ee30 32 mqd_t mqdes, const struct mq_attr * u_mqstat, struct mq_attr * u_omqstat
247 waitid 214 0x35eb00 32 int which, pid_t upid, struct siginfo * infop, int options, struct rusage * ru
248 add_key 2072 0xa74d70 48 const char * _type, const char * _description, const void * _payload, size_t plen, key_serial_t ringid
249 request_key 2070 0xa74de0 32 const char * _type, const char * _description, const char * _callout_info, key_serial_t destringid
250 keyctl 2068 0xa76e00 32 int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5
251 ioprio_set 2114 0xb108f0 32 int which, int who, int ioprio
252 ioprio_get 2112 0xb10950 16 int which, int who
253 inotify_init 1057 0x725550 32
254 inotify_add_watch 1055 0x725580 320 int fd, const char * pathname, u32 mask
255 inotify_rm_watch 1053 0x725820 208 int fd, __s32 wd
256 migrate_pages 734 0x659bb0 48 pid_t pid, unsigned long maxnode, const unsigned long * old_nodes, const unsigned long * new_nodes
257 openat 782 0x6b25e0 160 int dfd, const char * filename, int flags, umode_t mode
258 mkdirat 890 0x6cf640 128 int dfd, const char * pathname, umode_t mode
259 mknodat 894 0x6cf270 128 int dfd, const char * filename, umode_t mode, unsigned int dev
260 fchownat 792 0x6b1750 48 int dfd, const char * filename, uid_t user, gid_t group, int flag
261 futimesat 1031 0x70d950 32 int dfd, const char * filename, struct __kernel_old_timeval * utimes
262 newfstatat 854 0x6bf7f0 32 int dfd, const char * filename, struct stat * statbuf, int flag
263 unlinkat 884 0x6cfdc0 240 int dfd, const char * pathname, int flag
264 renameat 870 0x6d1240 208 int olddfd, const char * oldname, int newdfd, const char * newname
265 linkat 876 0x6d07d0 224 int olddfd, const char * oldname, int newdfd, const char * newname, int flags
266 symlinkat 880 0x6d01e0 192 const char * oldname, int newdfd, const char * newname
267 readlinkat 850 0x6bf8a0 80 int dfd, const char * pathname, char * buf, int bufsiz
268 fchmodat 796 0x6b10e0 192 int dfd, const char * filename, umode_t mode
269 faccessat 812 0x6b0430 48 int dfd, const char * filename, int mode
270 pselect6 908 0x6d80d0 160 int n, fd_set * inp, fd_set * outp, fd_set * exp, struct __kernel_timespec * tsp, void * sig
271 ppoll 904 0x6d85a0 384 struct pollfd * ufds, unsigned int nfds, struct __kernel_timespec * tsp, const sigset_t * sigmask, size_t sigsetsize
272 unshare 192 0x357360 32 unsigned long unshare_flags
273 set_robust_list 526 0x43af50 64 struct robust_list_head * head, size_t len
274 get_robust_list 524 0x43aff0 96 int pid, struct robust_list_head * * head_ptr, size_t * len_ptr
275 splice 1013 0x70bd10 288 int fd_in, loff_t * off_in, int fd_out, loff_t * off_out, size_t len, unsigned int flags
276 tee 1011 0x70c390 224 int fdin, int fdout, size_t len, unsigned int flags
277 sync_file_range 1017 0x70cf20 176 int fd, loff_t offset, loff_t nbytes, unsigned int flags
278 vmsplice 1015 0x70bcb0 32 int fd, const struct iovec * uiov, unsigned long nr_segs, unsigned int flags
279 move_pages 751 0x66c920 64 pid_t pid, unsigned long nr_pages, const void * * pages, const int * nodes, int * status, int flags
280 utimensat 1033 0x70d7b0 192 int dfd, const char * filename, struct __kernel_timespec * utimes, int flags
281 epoll_pwait 1067 0x72e8d0 320 int epfd, struct epoll_event * events, int maxevents, int timeout, const sigset_t * sigmask, size_t sigsetsize
282 signalfd 1077 0x72fe50 128 int ufd, sigset_t * user_mask, size_t sizemask
283 timerfd_create 1085 0x731200 16 int clockid, int flags
284 eventfd 1087 0x732360 32 unsigned int count
285 fallocate 814 0x6b02b0 176 int fd, int mode, loff_t offset, loff_t len
286 timerfd_settime 1083 0x731240 176 int ufd, int flags, const struct __kernel_itimerspec * utmr, struct __kernel_itimerspec * otmr
287 timerfd_gettime 1081 0x7313c0 128 int ufd, struct __kernel_itimerspec * otmr
288 accept4 2234 0xe2b730 48 int fd, struct sockaddr * upeer_sockaddr, int * upeer_addrlen, int flags
289 signalfd4 1079 0x72fd10 144 int ufd, sigset_t * user_mask, size_t sizemask, int flags
290 eventfd2 1089 0x732300 32 unsigned int count, int flags
291 epoll_create1 1075 0x72d450 32 int flags
292 dup3 920 0x6e64a0 32 unsigned int oldfd, unsigned int newfd, int flags
293 pipe2 866 0x6c5430 32 int * fildes, int flags
294 inotify_init1 1059 0x7254f0 32 int flags
295 preadv 830 0x6b6d60 32 unsigned long fd, const struct iovec * vec, unsigned long vlen, unsigned long pos_l, unsigned long pos_h
296 pwritev 826 0x6b6e40 32 unsigned long fd, const struct iovec * vec, unsigned long vlen, unsigned long pos_l, unsigned long pos_h
297 rt_tgsigqueueinfo 241 0x371e80 176 pid_t tgid, pid_t pid, int sig, siginfo_t * uinfo
298 perf_event_open 588 0x57b990 32 struct perf_event_attr * attr_uptr, pid_t pid, int cpu, int group_fd, unsigned long flags
299 recvmmsg 2208 0xe2d270 240 int fd, struct mmsghdr * mmsg, unsigned int vlen, unsigned int flags, struct __kernel_timespec * timeout
300 fanotify_init 1063 0x72b4d0 16 unsigned int flags, unsigned int event_f_flags
301 fanotify_mark 1061 0x72b510 48 int fanotify_fd, unsigned int flags, __u64 mask, int dfd, const char * pathname
302 prlimit64 275 0x379500 32 pid_t pid, unsigned int resource, const struct rlimit64 * new_rlim, struct rlimit64 * old_rlim
303 name_to_handle_at 1133 0x75c930 224 int dfd, const char * name, struct file_handle * handle, void * mnt_id, int flag
304 open_by_handle_at 1131 0x75cb10 32 int mountdirfd, struct file_handle * handle, int flags
305 clock_adjtime 478 0x42b130 32 const clockid_t which_clock, struct __kernel_timex * utx
306 syncfs 1023 0x70cac0 208 int fd
307 sendmmsg 2212 0xe2cb80 48 int fd, struct mmsghdr * mmsg, unsigned int vlen, unsigned int flags
308 setns 343 0x392b10 16 int fd, int flags
309 getcpu 265 0x37aba0 128 unsigned * cpup, unsigned * nodep, struct getcpu_cache * unused
310 process_vm_readv 720 0x6128e0 64 pid_t pid, const struct iovec * lvec, unsigned long liovcnt, const struct iovec * rvec, unsigned long riovcnt, unsigned long flags
311 process_vm_writev 718 0x612980 64 pid_t pid, const struct iovec * lvec, unsigned long liovcnt, const struct iovec * rvec, unsigned long riovcnt, unsigned long flags
312 kcmp 445 0x417100 32 pid_t pid1, pid_t pid2, int type, unsigned long idx1, unsigned long idx2
314 sched_setattr 400 0x3cc0f0 448 pid_t pid, struct sched_attr * uattr, unsigned int flags
315 sched_getattr 394 0x3cc7d0 32 pid_t pid, struct sched_attr * uattr, unsigned int usize, unsigned int flags
316 renameat2 872 0x6d1080 208 int olddfd, const char * oldname, int newdfd, const char * newname, unsigned int flags
317 seccomp 549 0x47a6b0 32 unsigned int op, unsigned int flags, void * uargs
318 getrandom 2177 0xd32780 192 char * ubuf, size_t len, unsigned int flags
319 memfd_create 772 0x6aceb0 32 const char * uname, unsigned int flags
321 bpf 586 0x4de030 48 int cmd, union bpf_attr * uattr, unsigned int size
322 execveat 860 0x6c2dd0 96 int fd, const char * filename, const char *const * argv, const char *const * envp, int flags
323 userfaultfd 1091 0x735eb0 96 int flags
324 membarrier 406 0x3db740 896 int cmd, unsigned int flags, int cpu_id
325 mlock2 687 0x5ef420 80 unsigned long start, size_t len, int flags
326 copy_file_range 820 0x6b7f40 32 int fd_in, loff_t * off_in, int fd_out, loff_t * off_out, size_t len, unsigned int flags
327 preadv2 828 0x6b6dc0 64 unsigned long fd, const struct iovec * vec, unsigned long vlen, unsigned long pos_l, unsigned long pos_h, rwf_t flags
328 pwritev2 824 0x6b6ea0 64 unsigned long fd, const struct iovec * vec, unsigned long vlen, unsigned long pos_l, unsigned long pos_h, rwf_t flags
329 pkey_mprotect 703 0x5f6d00 48 unsigned long start, size_t len, unsigned long prot, int pkey
330 pkey_alloc 701 0x5f6d80 32 unsigned long flags, unsigned long init_val
331 pkey_free 699 0x5f6dd0 320 int pkey
332 statx 846 0x6bfc20 240 int dfd, const char * filename, unsigned flags, unsigned int mask, struct statx * buffer
333 io_pgetevents 1093 0x73a390 368 aio_context_t ctx_id, long min_nr, long nr, struct io_event * events, struct __kernel_timespec * timeout, const struct __aio_sigset * usig
334 rseq 590 0x5875d0 544 struct rseq * rseq, u32 rseq_len, int flags, u32 sig
335 uretprobe 187 0x335b80 368
336 uprobe 185 0x335dd0 656
424 pidfd_send_signal 249 0x371510 448 int pidfd, int sig, siginfo_t * info, unsigned int flags
425 io_uring_setup 2130 0xb43960 144 u32 entries, struct io_uring_params * params
426 io_uring_enter 2132 0xb43670 32 unsigned int fd, u32 to_submit, u32 min_complete, u32 flags, const void * argp, size_t argsz
427 io_uring_register 2151 0xb557b0 32 unsigned int fd, unsigned int opcode, void * arg, unsigned int nr_args
428 open_tree 942 0x6f04e0 144 int dfd, const char * filename, unsigned flags
429 move_mount 936 0x6f1bb0 32 int from_dfd, const char * from_pathname, int to_dfd, const char * to_pathname, unsigned int flags
430 fsopen 1047 0x714000 320 const char * _fs_name, unsigned int flags
431 fsconfig 1043 0x7145e0 32 int fd, unsigned int cmd, const char * _key, const void * _value, int aux
432 fsmount 938 0x6f1b50 32 int fs_fd, unsigned int flags, unsigned int attr_flags
433 fspick 1045 0x7142a0 400 int dfd, const char * path, unsigned int flags
434 pidfd_open 341 0x387320 288 pid_t pid, unsigned int flags
435 clone3 194 0x356d80 32 struct clone_args * uargs, size_t size
436 close_range 922 0x6e5c60 32 unsigned int fd, unsigned int max_fd, unsigned int flags
437 openat2 780 0x6b2740 320 int dfd, const char * filename, struct open_how * how, size_t usize
438 pidfd_getfd 339 0x3876b0 144 int pidfd, int fd, unsigned int flags
439 faccessat2 810 0x6b04b0 48 int dfd, const char * filename, int mode, int flags
440 process_madvise 724 0x63ad70 32 int pidfd, const struct iovec * vec, size_t vlen, int behavior, unsigned int flags
441 epoll_pwait2 1065 0x72eb70 208 int epfd, struct epoll_event * events, int maxevents, const struct __kernel_timespec * timeout, const sigset_t * sigmask, size_t sigsetsize
442 mount_setattr 932 0x6f22a0 416 int dfd, const char * path, unsigned int flags, struct mount_attr * uattr, size_t usize
443 quotactl_fd 1149 0x76d2e0 576 unsigned int fd, unsigned int cmd, qid_t id, void * addr
444 landlock_create_ruleset 2086 0xab60b0 32 const struct landlock_ruleset_attr *const attr, const size_t size, const __u32 flags
445 landlock_add_rule 2084 0xab6110 208 const int ruleset_fd, const enum landlock_rule_type rule_type, const void *const rule_attr, const __u32 flags
446 landlock_restrict_self 2082 0xab62d0 16 const int ruleset_fd, const __u32 flags
447 memfd_secret 766 0x696f90 176 unsigned int flags
448 process_mrelease 603 0x597f30 16 int pidfd, unsigned int flags
449 futex_waitv 520 0x43bb60 32 struct futex_waitv * waiters, unsigned int nr_futexes, unsigned int flags, struct __kernel_timespec * timeout, clockid_t clockid
450 set_mempolicy_home_node 740 0x65b840 32 unsigned long start, unsigned long len, unsigned long home_node, unsigned long flags
451 cachestat 594 0x5935b0 448 unsigned int fd, struct cachestat_range * cstat_range, struct cachestat * cstat, unsigned int flags
452 fchmodat2 798 0x6b1060 48 int dfd, const char * filename, umode_t mode, unsigned int flags
454 futex_wake 518 0x43bbc0 192 void * uaddr, unsigned long mask, int nr, unsigned int flags
455 futex_wait 516 0x43bd50 368 void * uaddr, unsigned long val, unsigned long mask, unsigned int flags, struct __kernel_timespec * timeout, clockid_t clockid
456 futex_requeue 514 0x43c040 32 struct futex_waitv * waiters, unsigned int flags, int nr_wake, int nr_requeue
457 statmount 928 0x6f26b0 32 const struct mnt_id_req * req, struct statmount * buf, size_t bufsize, unsigned int flags
458 listmount 926 0x6f2710 32 const struct mnt_id_req * req, u64 * mnt_ids, size_t nr_mnt_ids, unsigned int flags
459 lsm_get_self_attr 2077 0xa7eb80 48 unsigned int attr, struct lsm_ctx * ctx, u32 * size, u32 flags
460 lsm_set_self_attr 2079 0xa7ea40 144 unsigned int attr, struct lsm_ctx * ctx, u32 size, u32 flags
461 lsm_list_modules 2075 0xa7ec00 240 u64 * ids, u32 * size, u32 flags
462 mseal 722 0x612d10 48 unsigned long start, size_t len, unsigned long flags
463 setxattrat 976 0x6f6ae0 288 int dfd, const char * pathname, unsigned int at_flags, const char * name, const struct xattr_args * uargs, size_t usize
464 getxattrat 968 0x6f7230 288 int dfd, const char * pathname, unsigned int at_flags, const char * name, struct xattr_args * uargs, size_t usize
465 listxattrat 960 0x6f75e0 32 int dfd, const char * pathname, unsigned int at_flags, char * list, size_t size
466 removexattrat 952 0x6f7760 48 int dfd, const char * pathname, unsigned int at_flags, const char * name
467 open_tree_attr 930 0x6f2600 32 int dfd, const char * filename, unsigned flags, struct mount_attr * uattr, size_t usize
468 file_getattr 1051 0x7188a0 32 int dfd, const char * filename, struct file_attr * ufattr, size_t usize, unsigned int at_flags
469 file_setattr 1049 0x718900 32 int dfd, const char * filename, struct file_attr * ufattr, size_t usize, unsigned int at_flags
`;
