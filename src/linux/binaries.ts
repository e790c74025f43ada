/**
 * Programs and libraries of the machine with the functions that can be probed in them: what `nm -D` or `nm` lists of such a
 * file, as far as tools and lessons look at it. Programs that are started may have further functions, which can be probed from
 * then on. Addresses follow the order of this table, so what is probed never moves anything.
 */
export const BINARIES: Readonly<Record<string, string>> = {
  "/usr/lib/x86_64-linux-gnu/libc.so.6":
    "__libc_start_call_main malloc free calloc realloc memalign posix_memalign aligned_alloc mmap munmap getaddrinfo " +
    "gethostbyname gethostbyname2 fopen fclose fread fwrite fgets getline strlen system popen pthread_create pthread_join " +
    "pthread_mutex_lock pthread_mutex_unlock pthread_mutex_trylock pthread_mutex_init pthread_cond_wait sleep usleep",
  "/usr/lib/x86_64-linux-gnu/libpthread.so.0": "pthread_create pthread_join pthread_mutex_lock pthread_mutex_unlock",
  "/usr/lib/x86_64-linux-gnu/libssl.so.3":
    "SSL_new SSL_free SSL_connect SSL_accept SSL_read SSL_write SSL_read_ex SSL_write_ex SSL_do_handshake SSL_shutdown",
  "/usr/lib/x86_64-linux-gnu/libcrypto.so.3":
    "rsa_ossl_public_encrypt rsa_ossl_public_decrypt rsa_ossl_private_encrypt rsa_ossl_private_decrypt RSA_sign RSA_verify " +
    "ossl_ecdsa_sign ossl_ecdsa_verify ossl_ecdh_compute_key ecdh_simple_compute_key EVP_EncryptUpdate EVP_DecryptUpdate",
  "/usr/lib64/ld-linux-x86-64.so.2": "_dl_start _dl_map_object _dl_relocate_object _dl_fixup",
  "/usr/bin/bash": "main reader_loop readline parse_command execute_command execute_simple_command make_child waitchld",
  "/usr/bin/cat": "main simple_cat",
  "/usr/bin/gzip": "main deflate longest_match",
  "/usr/sbin/webserver": "main worker_loop handle_connection parse_request serve_file compress_chunk send_chunk",
  "/usr/sbin/postgres":
    "PostmasterMain PostgresMain exec_simple_query pg_parse_query pg_plan_query ExecutorRun ExecSeqScan ExecIndexScan " +
    "heap_insert XLogInsert XLogFlush LockAcquire LWLockAcquire",
};

/**
 * The path that a file really has: `/bin`, `/sbin`, `/lib` and `/lib64` are links into `/usr`.
 *
 * @example
 * realPath("/bin/bash") // "/usr/bin/bash"
 */
export const realPath = (path: string): string => (/^\/(bin|sbin|lib|lib64)\//.test(path) ? `/usr${path}` : path);
