/*
 * AtomVM: a virtual machine for compiled Erlang, Elixir and Gleam.
 *
 *     atomvm_vm *vm;
 *     atomvm_value *result;
 *     if (atomvm_create(NULL, &vm) == ATOMVM_OK
 *         && atomvm_load_file(vm, "app.avm") == ATOMVM_OK
 *         && atomvm_run(vm, &result) == ATOMVM_OK) {
 *         char *text = atomvm_to_text(result);
 *         puts(text);
 *         atomvm_free_text(text);
 *         atomvm_free(result);
 *     } else {
 *         fputs(atomvm_last_error(vm), stderr);
 *     }
 *     atomvm_destroy(vm);
 *
 * Rules for all functions:
 *
 * - Texts are UTF-8 and end with a zero byte. NULL is refused wherever nothing is said about it.
 * - An `atomvm_value *` that is given is given away, also when the function fails; a
 *   `const atomvm_value *` is only read. A result that is an `atomvm_value *` or a `char *` is
 *   owned by the caller; one with `const` is borrowed.
 * - No function stops the program, whatever files or arguments it gets, as long as pointers
 *   point to what they say. A callback must not leave by longjmp or by an exception of C++.
 *
 * The library for firmware, which has no operating system to ask, needs three functions of it:
 *
 *     void *atomvm_allocate(size_t size, size_t alignment);  (NULL: there is no memory)
 *     void atomvm_release(void *memory, size_t size, size_t alignment);
 *     _Noreturn void atomvm_panicked(const char *file, size_t size, uint32_t line);
 *
 * Written by cbindgen from the sources of atomvm-capi: do not edit.
 */

#ifndef ATOMVM_H
#define ATOMVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The program finds no built-in library: only what the host adds.
#define ATOMVM_NO_LIBRARY 1

// Collect garbage at every opportunity: slow, and finds what a collection breaks.
#define ATOMVM_STRESS 2

// Everything random follows from `seed`.
#define ATOMVM_SEEDED 4

// Trust what `packbeam create --translate` made if its checksum is right: modules that were translated
// for this machine are not verified when they are loaded. For packs that come from a safe place.
#define ATOMVM_TRUST_PACKS 8

// The type of a term.
typedef enum {
  // No term: the pointer was NULL.
  ATOMVM_TYPE_NONE = 0,
  // An integer of any size.
  ATOMVM_TYPE_INTEGER = 1,
  // A float.
  ATOMVM_TYPE_FLOAT = 2,
  // An atom.
  ATOMVM_TYPE_ATOM = 3,
  // A binary.
  ATOMVM_TYPE_BINARY = 4,
  // A bit string that is not a whole number of bytes.
  ATOMVM_TYPE_BIT_STRING = 5,
  // A list, also the empty one.
  ATOMVM_TYPE_LIST = 6,
  // A list with another end than `[]`: see atomvm_tail.
  ATOMVM_TYPE_IMPROPER_LIST = 7,
  // A tuple.
  ATOMVM_TYPE_TUPLE = 8,
  // A map.
  ATOMVM_TYPE_MAP = 9,
  // A process.
  ATOMVM_TYPE_PID = 10,
  // A port.
  ATOMVM_TYPE_PORT = 11,
  // A reference.
  ATOMVM_TYPE_REFERENCE = 12,
  // A fun. It cannot be given back to a VM.
  ATOMVM_TYPE_FUN = 13,
} atomvm_type;

// What a function came to. All but the first three say that it did nothing, or did not finish.
typedef enum {
  // It is done.
  ATOMVM_OK = 0,
  // The budget of a step is used up, and there is more to do.
  ATOMVM_RUNNING = 1,
  // All processes wait: for a timer, or for a message from the host.
  ATOMVM_IDLE = 2,
  // An argument is null where it must not be, a text is not UTF-8, or a number is out of range.
  ATOMVM_BAD_ARGUMENT = 3,
  // The VM is in use: the call comes from a callback of the VM itself, or from another thread.
  ATOMVM_BUSY = 4,
  // A mistake in the VM was caught. The VM can only be destroyed.
  ATOMVM_INTERNAL_ERROR = 5,
  // A value is of another type than the one asked for.
  ATOMVM_WRONG_TYPE = 6,
  // A value does not fit what was asked for.
  ATOMVM_OUT_OF_RANGE = 7,
  // A value cannot pass between host and program: nested too deep, a fun, an infinite float.
  ATOMVM_BAD_VALUE = 8,
  // There is no memory for what the host asked for.
  ATOMVM_NO_MEMORY = 9,
  // A file is missing or cannot be read.
  ATOMVM_NO_FILE = 10,
  // A file is neither a pack nor a BEAM file.
  ATOMVM_FOREIGN_FILE = 11,
  // A file ends too early.
  ATOMVM_TRUNCATED_FILE = 12,
  // A file is damaged.
  ATOMVM_DAMAGED_FILE = 13,
  // A module has an instruction of a later release than this VM knows.
  ATOMVM_NEWER_FILE = 14,
  // A module's code does what compiled code never does.
  ATOMVM_REFUSED_CODE = 15,
  // A module needs what this VM does not have.
  ATOMVM_UNSUPPORTED = 16,
  // A module of the built-in library cannot be replaced.
  ATOMVM_STICKY_MODULE = 17,
  // No module exports start/0.
  ATOMVM_NO_ENTRY_POINT = 18,
  // The program ended by an exception: see atomvm_exception_report.
  ATOMVM_EXCEPTION = 19,
  // The program has stopped the VM: see atomvm_exit_status.
  ATOMVM_HALTED = 20,
  // The program has stopped the VM as crashed: see atomvm_last_error.
  ATOMVM_CRASHED = 21,
  // All processes wait for nothing that the VM knows of, and the platform cannot wait.
  ATOMVM_STALLED = 22,
  // The limit of bytes is reached.
  ATOMVM_MEMORY_LIMIT = 23,
  // The limit of processes is reached.
  ATOMVM_PROCESS_LIMIT = 24,
  // The limit of atoms is reached.
  ATOMVM_ATOM_LIMIT = 25,
  // The limit of reductions is reached.
  ATOMVM_REDUCTION_LIMIT = 26,
} atomvm_status;

// Where a program's output goes.
typedef enum {
  // What the program writes.
  ATOMVM_OUTPUT = 0,
  // Reports of errors.
  ATOMVM_ERRORS = 1,
} atomvm_stream;

// The class of an exception.
typedef enum {
  // There was no exception.
  ATOMVM_CLASS_NONE = 0,
  // `error`
  ATOMVM_CLASS_ERROR = 1,
  // `exit`
  ATOMVM_CLASS_EXIT = 2,
  // `throw`
  ATOMVM_CLASS_THROW = 3,
} atomvm_class;

// A call of a function of the host. It lives until that function returns.
typedef struct atomvm_native_call atomvm_native_call;

// A term. It belongs to no VM and may be used on any thread, by one thread at a time.
//
// An `atomvm_value *` is owned: whoever has it frees it with atomvm_free, or gives it to a
// function that takes an `atomvm_value *`, also when that function fails. A
// `const atomvm_value *` is borrowed: a part of another term, which must not be freed and lives
// as long as the whole.
//
// What makes terms returns NULL when it fails (atomvm_last_error(NULL) says why), and takes NULL
// for a part that could not be made; so a nested term needs one check only.
typedef struct atomvm_value atomvm_value;

// A virtual machine. It is made and used on any thread, by one thread at a time; any number of
// them live side by side and share nothing. A call while another one runs, from another thread
// or from a callback, gives ATOMVM_BUSY; only atomvm_stop and atomvm_wake may come at any time.
typedef struct atomvm_vm atomvm_vm;

// What gets the output of a VM.
typedef void (*atomvm_console)(void *user, atomvm_stream stream, const uint8_t *bytes, size_t size);

// The services of a machine, for a VM that shall not use those of the host. Functions that are
// NULL are not there; what a program needs of them fails with an error that says so.
//
// They are called on the thread that uses the VM, except `wake`, and must not use the VM. The
// table is copied when the VM is made; what `user` points to must live as long as the VM.
typedef struct {
  // sizeof(atomvm_platform), so that later versions can add to it.
  size_t size;
  // The first argument of all functions.
  void *user;
  // Nanoseconds since some fixed moment; never goes back. Required.
  uint64_t (*monotonic)(void *user);
  // Nanoseconds since 1970-01-01 00:00 UTC. NULL: as `monotonic`.
  uint64_t (*system_time)(void *user);
  // Local time minus UTC, in seconds, at a moment in seconds since 1970. NULL: 0.
  int32_t (*utc_offset)(void *user, int64_t at);
  // Writes bytes to the console.
  void (*write)(void *user, atomvm_stream stream, const uint8_t *bytes, size_t size);
  // Reads at most `size` bytes of a line with its end from the console, and returns how many:
  // 0 at the end of the input. It is called again for the rest of a longer line.
  size_t (*read_line)(void *user, uint8_t *to, size_t size);
  // Fills `to` with unpredictable bytes; false if there are none.
  bool (*entropy)(void *user, uint8_t *to, size_t size);
  // Waits until `wake` is called or the nanoseconds have passed (UINT64_MAX: no limit). false
  // if it cannot wait.
  bool (*wait)(void *user, uint64_t nanoseconds);
  // Ends a `wait`. Called from any thread.
  void (*wake)(void *user);
  // Finds the BEAM file of a module that is in no pack; false if there is none. The bytes
  // must stay as long as the VM.
  bool (*find_module)(void *user, const char *name, const uint8_t **bytes, size_t *size);
  // The value of an environment variable, which is copied at once; NULL if there is none.
  const char *(*environment)(void *user, const char *name);
} atomvm_platform;

// What a VM is made of. Set `size`, and what is to differ from the default; the rest is zero:
// `atomvm_config config = {.size = sizeof config};`
//
// The VM copies what it keeps of it. What the user pointers point to must live as long as the
// VM.
typedef struct {
  // sizeof(atomvm_config), so that later versions can add to it.
  size_t size;
  // ATOMVM_NO_LIBRARY, ATOMVM_STRESS, ATOMVM_SEEDED, ATOMVM_TRUST_PACKS, added up.
  uint32_t flags;
  // How many bytes the VM may use; 0: no limit.
  size_t memory_limit;
  // How many processes may live at the same time; 0: 262144.
  size_t process_limit;
  // How many atoms there may be; 0: 1048576.
  size_t atom_limit;
  // How many reductions all processes together may use; 0: no limit.
  uint64_t reduction_limit;
  // What all that is random follows from, with ATOMVM_SEEDED.
  uint64_t seed;
  // What gets the console's output in place of the platform. Called on the thread that uses
  // the VM (see `schedulers`); it must not use the VM.
  atomvm_console console;
  // The first argument of `console`.
  void *console_user;
  // The machine. NULL: the host, or in firmware none.
  const atomvm_platform *platform;
  // The program's arguments, which it reads with init:get_plain_arguments/0.
  const char *const *arguments;
  // How many.
  size_t argument_count;
  // Folders in which modules are looked for that are in no pack, as `erl -pa` does. Only with
  // the host as platform.
  const char *const *code_paths;
  // How many.
  size_t code_path_count;
  // How many processes may run at the same time in atomvm_run and atomvm_call, which use so
  // many threads, the caller's among them; 0: 1. With more than one, registered functions are
  // called on any of these threads, several at the same time, and `console` on any, one call
  // at a time. Firmware has one.
  size_t schedulers;
} atomvm_config;

// A function of the host: returns an owned term, the result; or NULL, which is an exception:
// that of atomvm_raise_error and its like, else `error:badarg`.
//
// It is called on the thread that uses the VM, and must not use the VM (ATOMVM_BUSY), except
// for atomvm_stop and atomvm_wake.
typedef atomvm_value *(*atomvm_native)(atomvm_native_call *call, void *user);

// A place in a program. The texts are borrowed, as atomvm_exception_report's.
typedef struct {
  // The module.
  const char *module;
  // The function.
  const char *function;
  // How many arguments it has.
  size_t arity;
  // The source file; NULL if the compiler recorded none.
  const char *file;
  // The line in it; 0 if the compiler recorded none.
  uint32_t line;
} atomvm_frame;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// A status in a few words, for messages. The text lives for ever.
//
// `status` is a value of `atomvm_status`; another one gives "unknown".
const char *atomvm_status_text(int status);

// An integer.
atomvm_value *atomvm_int64(int64_t value);

// An integer.
atomvm_value *atomvm_uint64(uint64_t value);

// A float. NULL for infinities and what is no number.
atomvm_value *atomvm_double(double value);

// An atom. NULL unless `name` is UTF-8 of at most 255 characters.
atomvm_value *atomvm_atom(const char *name);

// The atom `true` or `false`.
atomvm_value *atomvm_bool(bool value);

// A binary, a copy of `size` bytes. `bytes` may be NULL when `size` is 0.
atomvm_value *atomvm_binary(const uint8_t *bytes, size_t size);

// A binary with a text, which must be UTF-8: what Elixir calls a string.
atomvm_value *atomvm_text(const char *utf8);

// A list of the characters of a text, which must be UTF-8: what Erlang calls a string.
atomvm_value *atomvm_string(const char *utf8);

// A list. The elements are given away; a term may stand in the array only once.
atomvm_value *atomvm_list(atomvm_value *const *elements, size_t count);

// A tuple. The elements are given away; a term may stand in the array only once.
atomvm_value *atomvm_tuple(atomvm_value *const *elements, size_t count);

// A map of `count` pairs. The array holds key, value, key, value, ..., which are given away; of
// equal keys the last one counts.
atomvm_value *atomvm_map(atomvm_value *const *keys_and_values, size_t count);

// A copy, owned by the caller.
atomvm_value *atomvm_copy(const atomvm_value *value);

// Frees an owned term. NULL is allowed.
void atomvm_free(atomvm_value *value);

// The type of a term.
atomvm_type atomvm_type_of(const atomvm_value *value);

// The value of an integer. ATOMVM_OUT_OF_RANGE if it does not fit.
atomvm_status atomvm_get_int64(const atomvm_value *value, int64_t *result);

// The value of an integer. ATOMVM_OUT_OF_RANGE if it is negative or does not fit.
atomvm_status atomvm_get_uint64(const atomvm_value *value, uint64_t *result);

// The value of a float, or of an integer of at most 64 bits as a float.
atomvm_status atomvm_get_double(const atomvm_value *value, double *result);

// The truth value of the atoms `true` and `false`.
atomvm_status atomvm_get_bool(const atomvm_value *value, bool *result);

// The bytes of a binary or bit string, or of the name of an atom in UTF-8. They are borrowed
// and do not end with a zero byte. Of a bit string's last byte only the first bits count: see
// atomvm_bits_in_last_byte.
atomvm_status atomvm_get_bytes(const atomvm_value *value, const uint8_t **bytes, size_t *size);

// How many bits of the last byte of a bit string belong to it, counted from the most
// significant one: 8 for a binary, 0 for other terms.
uint32_t atomvm_bits_in_last_byte(const atomvm_value *value);

// Is the term the atom with this name?
bool atomvm_is_atom(const atomvm_value *value, const char *name);

// How many elements a list or tuple, pairs a map, or bytes a binary has; 0 for other terms.
size_t atomvm_length(const atomvm_value *value);

// The element of a list or tuple at `index`, counted from 0. Borrowed; NULL if there is none.
const atomvm_value *atomvm_element(const atomvm_value *value, size_t index);

// What an improper list ends with. Borrowed; NULL for all other terms.
const atomvm_value *atomvm_tail(const atomvm_value *value);

// The key of a map's pair at `index`, counted from 0; the order means nothing. Borrowed; NULL
// if there is none.
const atomvm_value *atomvm_map_key(const atomvm_value *value, size_t index);

// The value of a map's pair at `index`, counted from 0. Borrowed; NULL if there is none.
const atomvm_value *atomvm_map_value(const atomvm_value *value, size_t index);

// The value of a map's key. Borrowed; NULL if there is none.
const atomvm_value *atomvm_map_get(const atomvm_value *value, const atomvm_value *key);

// Are two terms equal, as `=:=` tells?
bool atomvm_equal(const atomvm_value *a, const atomvm_value *b);

// The term as Erlang's `io:format("~0p")` prints it. The text is owned: free it with
// atomvm_free_text. NULL if `value` is NULL.
char *atomvm_to_text(const atomvm_value *value);

// The text that an atom, a binary in UTF-8 or a list of characters holds. It is owned: free it
// with atomvm_free_text. NULL for other terms, and for a text with a zero character in it.
char *atomvm_get_text(const atomvm_value *value);

// Frees a text that the caller owns. NULL is allowed.
void atomvm_free_text(char *text);

// The version of the library, such as "0.1.0".
const char *atomvm_version(void);

// Makes a VM. `config` may be NULL for the default. When it fails, `*vm` is NULL, and
// atomvm_last_error(NULL) says why.
atomvm_status atomvm_create(const atomvm_config *config, atomvm_vm **vm);

// Destroys a VM and all its processes. Terms that came from it stay. NULL is allowed. A VM that
// is in use is not destroyed: ATOMVM_BUSY.
atomvm_status atomvm_destroy(atomvm_vm *vm);

// Adds a pack (.avm) or BEAM file, whose modules are loaded when they are first called. The
// bytes are copied. `name` is what messages call it.
atomvm_status atomvm_load(atomvm_vm *vm, const char *name, const uint8_t *bytes, size_t size);

// As atomvm_load, but the bytes are used where they are, for instance in flash: they must not
// change nor go before the VM is destroyed.
atomvm_status atomvm_load_static(atomvm_vm *vm,
                                 const char *name,
                                 const uint8_t *bytes,
                                 size_t size);

// Adds a pack whose modules come before all others of the same name, as those of the built-in
// library do. The bytes are used where they are: see atomvm_load_static.
atomvm_status atomvm_add_library(atomvm_vm *vm,
                                 const char *name,
                                 const uint8_t *bytes,
                                 size_t size);

// As atomvm_load, from a file, which is mapped and must not be changed before the VM is
// destroyed. Only in libraries for hosts.
atomvm_status atomvm_load_file(atomvm_vm *vm, const char *path);

// Runs start/0 of the first module that exports it, until it ends, and gives what it returned:
// an owned term. `result` may be NULL. When it fails, `*result` is NULL.
atomvm_status atomvm_run(atomvm_vm *vm, atomvm_value **result);

// Starts the program that atomvm_run runs, for atomvm_step to go on with. Does nothing when it
// has been started and has not ended.
atomvm_status atomvm_start(atomvm_vm *vm);

// Lets processes run for about `budget` reductions, or until all of them wait. Returns at once,
// with
//
// - ATOMVM_RUNNING: there is more to do;
// - ATOMVM_IDLE: all processes wait; `*wait` is the number of nanoseconds until the next timer,
//   UINT64_MAX if there is none;
// - ATOMVM_OK: the program of atomvm_start has ended; `*result` is what it returned, an owned
//   term;
// - else: it failed.
//
// `wait` and `result` may be NULL.
atomvm_status atomvm_step(atomvm_vm *vm, uint32_t budget, uint64_t *wait, atomvm_value **result);

// Calls a function in a new process, and runs the VM until that has ended. The arguments are
// given away; the result is an owned term. `result` may be NULL. When it fails, `*result` is
// NULL.
atomvm_status atomvm_call(atomvm_vm *vm,
                          const char *module,
                          const char *function,
                          atomvm_value *const *arguments,
                          size_t count,
                          atomvm_value **result);

// Starts a process that calls a function; it runs when the VM runs next. The arguments are
// given away; the result is the process, an owned term. `result` may be NULL.
atomvm_status atomvm_spawn(atomvm_vm *vm,
                           const char *module,
                           const char *function,
                           atomvm_value *const *arguments,
                           size_t count,
                           atomvm_value **result);

// Sends a message, which is given away, to a process: a pid, or an atom, its registered name.
// It is no error if the process has ended; a name that no process has is
// ATOMVM_OUT_OF_RANGE.
atomvm_status atomvm_send(atomvm_vm *vm, const atomvm_value *to, atomvm_value *message);

// How many bytes the VM uses, and used at most. Either pointer may be NULL.
atomvm_status atomvm_memory(atomvm_vm *vm, size_t *used, size_t *peak);

// Ends the wait of a VM that waits for its processes, so that it looks whether there is work.
// May be called from any thread and any callback, as long as the VM is not destroyed.
atomvm_status atomvm_wake(const atomvm_vm *vm);

// Stops the VM for good, as erlang:halt/1 does: what runs ends soon with ATOMVM_HALTED, and so
// does all that is started later. May be called from any thread and any callback, as long as
// the VM is not destroyed.
atomvm_status atomvm_stop(const atomvm_vm *vm, int status);

// Makes calls of `module:function/arity` reach a function of the host: calls in modules that
// are loaded later, and calls that found no function before. `arity` is at most 255; what
// `user` points to must live as long as the VM.
atomvm_status atomvm_register_native(atomvm_vm *vm,
                                     const char *module,
                                     const char *function,
                                     size_t arity,
                                     atomvm_native native,
                                     void *user);

// How many arguments the call has: the arity it was registered with.
size_t atomvm_argument_count(const atomvm_native_call *call);

// The argument at `index`, counted from 0. Borrowed until the function returns; NULL if there
// is none. To return it, return a copy (atomvm_copy).
const atomvm_value *atomvm_argument(const atomvm_native_call *call, size_t index);

// The process that calls: an owned term.
atomvm_value *atomvm_caller(const atomvm_native_call *call);

// Makes the call raise `error:Reason` when it returns. The reason is given away; NULL stands
// for `badarg`. Returns NULL, so that one can write `return atomvm_raise_error(call, reason);`
atomvm_value *atomvm_raise_error(atomvm_native_call *call, atomvm_value *reason);

// As atomvm_raise_error, for `exit:Reason`.
atomvm_value *atomvm_raise_exit(atomvm_native_call *call, atomvm_value *reason);

// As atomvm_raise_error, for `throw:Reason`.
atomvm_value *atomvm_raise_throw(atomvm_native_call *call, atomvm_value *reason);

// One line that says why the last function of this VM failed: it names file, module, function
// and reason, as far as they matter. With NULL: why the last function without a VM failed on
// this thread. Empty if nothing failed. Borrowed, until the next call with the same VM, or
// without one.
const char *atomvm_last_error(const atomvm_vm *vm);

// The exit status, after ATOMVM_HALTED.
int atomvm_exit_status(const atomvm_vm *vm);

// The class of the exception, after ATOMVM_EXCEPTION.
atomvm_class atomvm_exception_class(const atomvm_vm *vm);

// The reason of the exception, after ATOMVM_EXCEPTION. Borrowed until the next call with this
// VM; NULL if there was none.
const atomvm_value *atomvm_exception_reason(const atomvm_vm *vm);

// The report of the exception as OTP prints it, after ATOMVM_EXCEPTION: several lines, with the
// stack trace. Borrowed until the next call with this VM; NULL if there was none.
const char *atomvm_exception_report(const atomvm_vm *vm);

// A place of the exception's stack trace, counted from 0, the innermost first.
// ATOMVM_OUT_OF_RANGE after the last one.
atomvm_status atomvm_exception_frame(const atomvm_vm *vm, size_t index, atomvm_frame *result);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ATOMVM_H */
