/* Everything that atomvm.h offers, and everything that it refuses. The argument is a folder with
 * app.beam and the damaged files. */
#include "check.h"

static const char *folder;

static const char *in_folder(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* ---- terms ---- */

static void values(void)
{
    int64_t i = 0;
    uint64_t u = 0;
    double d = 0;
    bool b = false;
    const uint8_t *bytes = NULL;
    size_t size = 0;

    atomvm_value *pair[] = {atomvm_atom("ok"), atomvm_int64(-7)};
    atomvm_value *tuple = atomvm_tuple(pair, 2);
    PRINTS(tuple, "{ok,-7}");
    CHECK(atomvm_type_of(tuple) == ATOMVM_TYPE_TUPLE);
    CHECK(atomvm_length(tuple) == 2);
    CHECK(atomvm_is_atom(atomvm_element(tuple, 0), "ok"));
    CHECK(!atomvm_is_atom(atomvm_element(tuple, 0), "no"));
    CHECK(atomvm_get_int64(atomvm_element(tuple, 1), &i) == ATOMVM_OK && i == -7);
    CHECK(atomvm_get_uint64(atomvm_element(tuple, 1), &u) == ATOMVM_OUT_OF_RANGE);
    CHECK(atomvm_get_double(atomvm_element(tuple, 1), &d) == ATOMVM_OK && d == -7.0);
    CHECK(atomvm_get_double(atomvm_element(tuple, 0), &d) == ATOMVM_WRONG_TYPE);
    CHECK(atomvm_element(tuple, 2) == NULL);

    atomvm_value *map_parts[] = {atomvm_atom("a"), tuple, atomvm_text("k\xc3\xa4se"),
        atomvm_double(1.5), atomvm_atom("a"), atomvm_bool(true)};
    atomvm_value *map = atomvm_map(map_parts, 3);
    CHECK(atomvm_type_of(map) == ATOMVM_TYPE_MAP && atomvm_length(map) == 2);
    CHECK(atomvm_map_key(map, 2) == NULL && atomvm_map_value(map, 2) == NULL);
    atomvm_value *key = atomvm_text("k\xc3\xa4se");
    CHECK(atomvm_get_double(atomvm_map_get(map, key), &d) == ATOMVM_OK && d == 1.5);
    CHECK(atomvm_get_bytes(key, &bytes, &size) == ATOMVM_OK && size == 5);
    CHECK(atomvm_bits_in_last_byte(key) == 8);
    atomvm_free(key);
    key = atomvm_atom("a");
    CHECK(atomvm_get_bool(atomvm_map_get(map, key), &b) == ATOMVM_OK && b);
    atomvm_free(key);
    key = atomvm_atom("none");
    CHECK(atomvm_map_get(map, key) == NULL);
    atomvm_free(key);

    atomvm_value *copy = atomvm_copy(map);
    CHECK(atomvm_equal(copy, map));
    atomvm_free(map);
    CHECK(atomvm_length(copy) == 2);
    atomvm_free(copy);

    atomvm_value *list = LIST(atomvm_string("h\xc3\xa9"), atomvm_binary((const uint8_t *) "\0x", 2),
        atomvm_binary(NULL, 0), atomvm_list(NULL, 0), atomvm_uint64(UINT64_MAX));
    PRINTS(list, "[\"h\xc3\xa9\",<<0,120>>,<<>>,[],18446744073709551615]");
    CHECK(atomvm_get_int64(atomvm_element(list, 4), &i) == ATOMVM_OUT_OF_RANGE);
    CHECK(atomvm_get_uint64(atomvm_element(list, 4), &u) == ATOMVM_OK && u == UINT64_MAX);
    char *text = atomvm_get_text(atomvm_element(list, 0));
    CHECK(strcmp(text, "h\xc3\xa9") == 0);
    atomvm_free_text(text);
    CHECK(atomvm_get_text(atomvm_element(list, 1)) == NULL);
    CHECK(atomvm_get_text(atomvm_element(list, 4)) == NULL);
    atomvm_free(list);
}

static void bad_values(void)
{
    int64_t i;
    const uint8_t *bytes;
    size_t size;

    CHECK(atomvm_atom(NULL) == NULL);
    SAYS(NULL, "the atom's name is NULL");
    CHECK(atomvm_atom("\xff") == NULL);
    SAYS(NULL, "not UTF-8");
    char name[257];
    memset(name, 'a', 256);
    name[256] = 0;
    CHECK(atomvm_atom(name) == NULL);
    SAYS(NULL, "255");
    name[255] = 0;
    atomvm_free(atomvm_atom(name));
    CHECK(atomvm_text(NULL) == NULL && atomvm_text("\x80") == NULL);
    CHECK(atomvm_string(NULL) == NULL && atomvm_string("\x80") == NULL);
    CHECK(atomvm_double(1e308 * 10) == NULL);
    CHECK(atomvm_binary(NULL, 1) == NULL);
    CHECK(atomvm_binary((const uint8_t *) "x", SIZE_MAX) == NULL);
    CHECK(atomvm_list(NULL, 1) == NULL && atomvm_tuple(NULL, 1) == NULL);
    CHECK(atomvm_map(NULL, 1) == NULL);
    CHECK(atomvm_list((atomvm_value *[]){NULL}, SIZE_MAX) == NULL);
    CHECK(atomvm_map((atomvm_value *[]){NULL}, SIZE_MAX) == NULL);
    CHECK(LIST(atomvm_int64(1), atomvm_atom("\xff"), atomvm_int64(2)) == NULL);
    SAYS(NULL, "value 1 of the array is NULL");

    CHECK(atomvm_type_of(NULL) == ATOMVM_TYPE_NONE);
    CHECK(atomvm_length(NULL) == 0 && atomvm_element(NULL, 0) == NULL);
    CHECK(atomvm_tail(NULL) == NULL && atomvm_copy(NULL) == NULL);
    CHECK(atomvm_map_key(NULL, 0) == NULL && atomvm_map_get(NULL, NULL) == NULL);
    CHECK(atomvm_to_text(NULL) == NULL && atomvm_get_text(NULL) == NULL);
    CHECK(!atomvm_equal(NULL, NULL) && !atomvm_is_atom(NULL, "a"));
    CHECK(atomvm_get_int64(NULL, &i) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_get_bytes(NULL, &bytes, &size) == ATOMVM_BAD_ARGUMENT);
    atomvm_free(NULL);
    atomvm_free_text(NULL);

    atomvm_value *one = atomvm_int64(1);
    CHECK(atomvm_get_int64(one, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_get_bytes(one, &bytes, &size) == ATOMVM_WRONG_TYPE);
    CHECK(atomvm_get_bytes(one, NULL, &size) == ATOMVM_BAD_ARGUMENT);
    CHECK(!atomvm_is_atom(one, NULL) && !atomvm_is_atom(one, "\xff"));
    CHECK(atomvm_element(one, 0) == NULL && atomvm_length(one) == 0);
    CHECK(atomvm_bits_in_last_byte(one) == 0);
    CHECK(atomvm_map_get(one, one) == NULL && atomvm_tail(one) == NULL);

    /* As deep as one likes, but not deeper than a VM's terms. */
    int depth = 0;
    while (one != NULL) {
        one = atomvm_list(&one, 1);
        depth++;
    }
    CHECK(depth > 50 && depth < 100000);
    SAYS(NULL, "too deep");
    CHECK(strcmp(atomvm_status_text(-1), "unknown") == 0);
    CHECK(strcmp(atomvm_status_text(ATOMVM_OK), "done") == 0);
}

/* ---- native functions ---- */

static atomvm_value *add(atomvm_native_call *call, void *user)
{
    int64_t a, b;
    ++*(int *) user;
    CHECK(atomvm_argument_count(call) == 2 && atomvm_argument(call, 2) == NULL);
    if (atomvm_get_int64(atomvm_argument(call, 0), &a) != ATOMVM_OK
        || atomvm_get_int64(atomvm_argument(call, 1), &b) != ATOMVM_OK)
        return NULL;
    return atomvm_int64(a + b);
}

static atomvm_value *ask(atomvm_native_call *call, void *user)
{
    atomvm_vm *vm = *(atomvm_vm **) user;
    const atomvm_value *what = atomvm_argument(call, 0);
    if (atomvm_is_atom(what, "nothing"))
        return NULL;
    if (atomvm_is_atom(what, "error"))
        return atomvm_raise_error(call, atomvm_atom("mine"));
    if (atomvm_is_atom(what, "exit"))
        return atomvm_raise_exit(call, atomvm_text("over"));
    if (atomvm_is_atom(what, "throw"))
        return atomvm_raise_throw(call, NULL);
    if (atomvm_is_atom(what, "me"))
        return atomvm_caller(call);
    if (atomvm_is_atom(what, "again")) {
        /* The VM is in use. */
        CHECK(atomvm_run(vm, NULL) == ATOMVM_BUSY);
        CHECK(atomvm_step(vm, 1, NULL, NULL) == ATOMVM_BUSY);
        CHECK(atomvm_destroy(vm) == ATOMVM_BUSY);
        CHECK(atomvm_exception_report(vm) == NULL);
        SAYS(vm, "in use");
        CHECK(atomvm_wake(vm) == ATOMVM_OK);
        return atomvm_atom("busy");
    }
    return atomvm_copy(what);
}

static atomvm_value *got(atomvm_native_call *call, void *user)
{
    *(char **) user = atomvm_to_text(atomvm_argument(call, 0));
    return atomvm_atom("ok");
}

/* ---- VMs ---- */

struct output {
    char text[2][4096];
};

static void console(void *user, atomvm_stream stream, const uint8_t *bytes, size_t size)
{
    struct output *output = user;
    char *to = output->text[stream];
    snprintf(to + strlen(to), sizeof output->text[0] - strlen(to), "%.*s", (int) size,
        (const char *) bytes);
}

static struct output said;

static atomvm_vm *new_vm(void)
{
    atomvm_config config = {.size = sizeof config, .console = console, .console_user = &said};
    atomvm_vm *vm;
    memset(&said, 0, sizeof said);
    EXPECT(NULL, ATOMVM_OK, atomvm_create(&config, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load_file(vm, in_folder("app.beam")));
    return vm;
}

static atomvm_status call1(atomvm_vm *vm, const char *name, atomvm_value *arg, atomvm_value **out)
{
    return atomvm_call(vm, "app", name, &arg, 1, out);
}

static void asks(atomvm_vm *vm, const char *what, const char *expected)
{
    atomvm_value *result;
    EXPECT(vm, ATOMVM_OK, call1(vm, "ask", atomvm_atom(what), &result));
    PRINTS(result, expected);
    atomvm_free(result);
}

static void running(void)
{
    atomvm_vm *vm = new_vm();
    atomvm_value *result;
    int calls = 0;
    size_t used = 0, peak = 0;

    /* The function of the host is not there yet. */
    EXPECT(vm, ATOMVM_EXCEPTION, atomvm_run(vm, &result));
    CHECK(result == NULL);
    CHECK(atomvm_is_atom(atomvm_exception_reason(vm), "undef"));
    EXPECT(vm, ATOMVM_OK, atomvm_register_native(vm, "host", "add", 2, add, &calls));
    EXPECT(vm, ATOMVM_OK, atomvm_run(vm, &result));
    PRINTS(result, "{ok,42}");
    CHECK(calls == 1);
    CHECK(atomvm_exception_class(vm) == ATOMVM_CLASS_NONE);
    CHECK(atomvm_exception_reason(vm) == NULL && atomvm_exception_report(vm) == NULL);
    CHECK(strcmp(atomvm_last_error(vm), "") == 0);

    /* There and back. */
    atomvm_value *back;
    atomvm_value *there = atomvm_copy(result);
    EXPECT(vm, ATOMVM_OK, call1(vm, "echo", there, &back));
    CHECK(atomvm_equal(result, back));
    atomvm_free(result);
    atomvm_free(back);
    EXPECT(vm, ATOMVM_OK, atomvm_run(vm, NULL));

    EXPECT(vm, ATOMVM_OK, atomvm_register_native(vm, "host", "ask", 1, ask, &vm));
    asks(vm, "nothing", "{error,badarg}");
    asks(vm, "error", "{error,mine}");
    asks(vm, "exit", "{exit,<<\"over\">>}");
    asks(vm, "throw", "{throw,badarg}");
    asks(vm, "again", "{value,busy}");
    asks(vm, "else", "{value,else}");

    EXPECT(vm, ATOMVM_OK, atomvm_memory(vm, &used, &peak));
    CHECK(used > 0 && peak >= used);
    EXPECT(vm, ATOMVM_OK, atomvm_destroy(vm));
}

static void types(void)
{
    atomvm_vm *vm = new_vm();
    atomvm_value *all;
    int64_t i;
    uint64_t u;
    static const atomvm_type expected[] = {ATOMVM_TYPE_INTEGER, ATOMVM_TYPE_FLOAT,
        ATOMVM_TYPE_ATOM, ATOMVM_TYPE_BINARY, ATOMVM_TYPE_BIT_STRING, ATOMVM_TYPE_LIST,
        ATOMVM_TYPE_IMPROPER_LIST, ATOMVM_TYPE_MAP, ATOMVM_TYPE_PID, ATOMVM_TYPE_REFERENCE,
        ATOMVM_TYPE_FUN, ATOMVM_TYPE_INTEGER, ATOMVM_TYPE_INTEGER, ATOMVM_TYPE_LIST,
        ATOMVM_TYPE_TUPLE, ATOMVM_TYPE_LIST};
    EXPECT(vm, ATOMVM_OK, atomvm_call(vm, "app", "shapes", NULL, 0, &all));
    CHECK(atomvm_length(all) == COUNT(expected));
    for (size_t n = 0; n < COUNT(expected); n++)
        CHECK(atomvm_type_of(atomvm_element(all, n)) == expected[n]);
    CHECK(atomvm_bits_in_last_byte(atomvm_element(all, 4)) == 3);
    CHECK(atomvm_is_atom(atomvm_tail(atomvm_element(all, 6)), "b"));
    CHECK(atomvm_get_int64(atomvm_element(all, 11), &i) == ATOMVM_OUT_OF_RANGE);
    CHECK(atomvm_get_uint64(atomvm_element(all, 11), &u) == ATOMVM_OK && u == 1ull << 63);
    CHECK(atomvm_get_uint64(atomvm_element(all, 12), &u) == ATOMVM_OUT_OF_RANGE);
    PRINTS(atomvm_element(all, 12), "-18446744073709551616");
    PRINTS(atomvm_element(all, 15), "\"text\"");
    /* A fun belongs to its VM. */
    atomvm_value *fun = atomvm_copy(atomvm_element(all, 10));
    EXPECT(vm, ATOMVM_BAD_VALUE, call1(vm, "echo", fun, NULL));
    /* A term that is too deep for the host. */
    EXPECT(vm, ATOMVM_BAD_VALUE, call1(vm, "deep", atomvm_int64(100000), NULL));
    SAYS(vm, "too deep");
    atomvm_destroy(vm);
    /* Terms outlive their VM. */
    PRINTS(atomvm_element(all, 2), "atom");
    atomvm_free(all);
}

static void exceptions(void)
{
    atomvm_vm *vm = new_vm();
    atomvm_value *result = NULL;
    atomvm_frame frame;

    EXPECT(vm, ATOMVM_EXCEPTION, call1(vm, "fail", atomvm_atom("error"), &result));
    CHECK(result == NULL);
    CHECK(atomvm_exception_class(vm) == ATOMVM_CLASS_ERROR);
    PRINTS(atomvm_exception_reason(vm), "{broken,7}");
    CHECK(atomvm_exception_frame(vm, 0, &frame) == ATOMVM_OK);
    CHECK(strcmp(frame.module, "app") == 0 && strcmp(frame.function, "fail") == 0);
    CHECK(frame.arity == 1 && frame.line > 0 && strstr(frame.file, "app.erl") != NULL);
    CHECK(atomvm_exception_frame(vm, 1000, &frame) == ATOMVM_OUT_OF_RANGE);
    CHECK(atomvm_exception_frame(vm, 0, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(strstr(atomvm_exception_report(vm), "{app,fail,1,") != NULL);
    SAYS(vm, "error: {broken,7}");
    EXPECT(vm, ATOMVM_EXCEPTION, call1(vm, "fail", atomvm_atom("exit"), NULL));
    CHECK(atomvm_exception_class(vm) == ATOMVM_CLASS_EXIT);
    CHECK(atomvm_is_atom(atomvm_exception_reason(vm), "gone"));
    EXPECT(vm, ATOMVM_EXCEPTION, call1(vm, "fail", atomvm_atom("throw"), NULL));
    CHECK(atomvm_exception_class(vm) == ATOMVM_CLASS_THROW);
    EXPECT(vm, ATOMVM_EXCEPTION, atomvm_call(vm, "none", "none", NULL, 0, NULL));
    CHECK(atomvm_is_atom(atomvm_exception_reason(vm), "undef"));

    EXPECT(vm, ATOMVM_HALTED, call1(vm, "stop", atomvm_int64(3), NULL));
    CHECK(atomvm_exit_status(vm) == 3);
    EXPECT(vm, ATOMVM_HALTED, atomvm_run(vm, NULL));
    atomvm_destroy(vm);
}

static void steps(void)
{
    atomvm_vm *vm = new_vm();
    atomvm_value *pid, *result, *name;
    uint64_t wait = 1;
    char *message = NULL;
    atomvm_status status;

    EXPECT(vm, ATOMVM_OK, atomvm_register_native(vm, "host", "got", 1, got, &message));
    EXPECT(vm, ATOMVM_OK, atomvm_spawn(vm, "app", "server", NULL, 0, &pid));
    CHECK(atomvm_type_of(pid) == ATOMVM_TYPE_PID);
    while ((status = atomvm_step(vm, 1000, &wait, &result)) == ATOMVM_RUNNING)
        ;
    EXPECT(vm, ATOMVM_IDLE, status);
    CHECK(result == NULL && wait == UINT64_MAX && message == NULL);
    name = atomvm_atom("server");
    EXPECT(vm, ATOMVM_OK, atomvm_send(vm, name, LIST(atomvm_int64(1000), atomvm_atom("b"))));
    atomvm_free(name);
    while ((status = atomvm_step(vm, 1000, NULL, NULL)) == ATOMVM_RUNNING)
        ;
    EXPECT(vm, ATOMVM_IDLE, status);
    CHECK(message != NULL && strcmp(message, "[1000,b]") == 0);
    atomvm_free_text(message);
    /* It has ended. */
    EXPECT(vm, ATOMVM_OK, atomvm_send(vm, pid, atomvm_atom("late")));
    name = atomvm_atom("server");
    EXPECT(vm, ATOMVM_OUT_OF_RANGE, atomvm_send(vm, name, atomvm_atom("late")));
    SAYS(vm, "registered");
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_send(vm, name, NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_send(vm, NULL, atomvm_atom("late")));
    atomvm_free(name);
    name = atomvm_int64(1);
    EXPECT(vm, ATOMVM_WRONG_TYPE, atomvm_send(vm, name, atomvm_atom("late")));
    atomvm_free(name);
    atomvm_free(pid);

    int calls = 0;
    EXPECT(vm, ATOMVM_OK, atomvm_register_native(vm, "host", "add", 2, add, &calls));
    EXPECT(vm, ATOMVM_OK, atomvm_start(vm));
    while ((status = atomvm_step(vm, 1000, NULL, &result)) == ATOMVM_RUNNING)
        ;
    EXPECT(vm, ATOMVM_OK, status);
    PRINTS(result, "{ok,42}");
    atomvm_free(result);

    /* A program that does not end is stopped. */
    EXPECT(vm, ATOMVM_OK, atomvm_spawn(vm, "app", "loop", NULL, 0, NULL));
    EXPECT(vm, ATOMVM_RUNNING, atomvm_step(vm, 100000, NULL, NULL));
    EXPECT(vm, ATOMVM_OK, atomvm_stop(vm, 9));
    EXPECT(vm, ATOMVM_HALTED, atomvm_step(vm, 1000, NULL, NULL));
    CHECK(atomvm_exit_status(vm) == 9);
    atomvm_destroy(vm);
}

static void limits(void)
{
    atomvm_config config = {.size = sizeof config, .reduction_limit = 100000};
    atomvm_vm *vm;
    EXPECT(NULL, ATOMVM_OK, atomvm_create(&config, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load_file(vm, in_folder("app.beam")));
    EXPECT(vm, ATOMVM_REDUCTION_LIMIT, atomvm_call(vm, "app", "loop", NULL, 0, NULL));
    SAYS(vm, "reductions");
    atomvm_destroy(vm);

    config = (atomvm_config){.size = sizeof config, .memory_limit = 1 << 21};
    EXPECT(NULL, ATOMVM_OK, atomvm_create(&config, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load_file(vm, in_folder("app.beam")));
    EXPECT(vm, ATOMVM_MEMORY_LIMIT, call1(vm, "deep", atomvm_int64(10000000), NULL));
    atomvm_destroy(vm);

    config = (atomvm_config){.size = sizeof config, .process_limit = 1};
    EXPECT(NULL, ATOMVM_OK, atomvm_create(&config, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load_file(vm, in_folder("app.beam")));
    /* One is the console's. */
    EXPECT(vm, ATOMVM_PROCESS_LIMIT, call1(vm, "echo", atomvm_int64(1), NULL));
    atomvm_destroy(vm);
}

/* ---- what is refused ---- */

static void bad_file(const char *name, atomvm_status expected, const char *part)
{
    atomvm_vm *vm;
    EXPECT(NULL, ATOMVM_OK, atomvm_create(NULL, &vm));
    atomvm_status status = atomvm_load_file(vm, in_folder(name));
    if (status == ATOMVM_OK)
        status = atomvm_run(vm, NULL);
    EXPECT(vm, expected, status);
    SAYS(vm, name);
    SAYS(vm, part);
    CHECK(strchr(atomvm_last_error(vm), '\n') == NULL);
    atomvm_destroy(vm);
}

static void bad_files(void)
{
    bad_file("none.avm", ATOMVM_NO_FILE, "No such file");
    bad_file("empty.avm", ATOMVM_FOREIGN_FILE, "neither a BEAM file nor a pack");
    bad_file("text.avm", ATOMVM_FOREIGN_FILE, "neither a BEAM file nor a pack");
    bad_file("cut.beam", ATOMVM_TRUNCATED_FILE, "too early");
    bad_file("cut.avm", ATOMVM_TRUNCATED_FILE, "too early");
    bad_file("newer.beam", ATOMVM_NEWER_FILE, "newer");

    atomvm_vm *vm;
    EXPECT(NULL, ATOMVM_OK, atomvm_create(NULL, &vm));
    EXPECT(vm, ATOMVM_NO_ENTRY_POINT, atomvm_run(vm, NULL));
    SAYS(vm, "start/0");
    atomvm_destroy(vm);
}

static void bad_arguments(void)
{
    atomvm_vm *vm = NULL;
    atomvm_config config = {0};
    atomvm_value *argument = NULL;

    CHECK(atomvm_create(NULL, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_create(&config, &vm) == ATOMVM_BAD_ARGUMENT && vm == NULL);
    SAYS(NULL, "sizeof");
    config.size = sizeof config + 8;
    CHECK(atomvm_create(&config, &vm) == ATOMVM_BAD_ARGUMENT);
    config = (atomvm_config){.size = sizeof config, .flags = 0x80000000};
    CHECK(atomvm_create(&config, &vm) == ATOMVM_BAD_ARGUMENT);
    config = (atomvm_config){.size = sizeof config, .argument_count = 1};
    CHECK(atomvm_create(&config, &vm) == ATOMVM_BAD_ARGUMENT);
    const char *bad[] = {"\xff"};
    config = (atomvm_config){.size = sizeof config, .arguments = bad, .argument_count = 1};
    CHECK(atomvm_create(&config, &vm) == ATOMVM_BAD_ARGUMENT);
    atomvm_platform platform = {.size = sizeof platform};
    config = (atomvm_config){.size = sizeof config, .platform = &platform};
    CHECK(atomvm_create(&config, &vm) == ATOMVM_BAD_ARGUMENT);
    SAYS(NULL, "monotonic");
    config = (atomvm_config){.size = sizeof config, .atom_limit = 1};
    CHECK(atomvm_create(&config, &vm) == ATOMVM_OK || vm == NULL);
    atomvm_destroy(vm);
    CHECK(atomvm_destroy(NULL) == ATOMVM_OK);

    CHECK(atomvm_run(NULL, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_start(NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_step(NULL, 1, NULL, NULL) == ATOMVM_BAD_ARGUMENT);
    argument = atomvm_int64(1);
    CHECK(atomvm_call(NULL, "a", "b", &argument, 1, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_spawn(NULL, "a", "b", NULL, 0, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_send(NULL, NULL, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_load(NULL, "a", NULL, 0) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_load_file(NULL, "a") == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_register_native(NULL, "a", "b", 0, add, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_memory(NULL, NULL, NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_wake(NULL) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_stop(NULL, 0) == ATOMVM_BAD_ARGUMENT);
    CHECK(atomvm_exit_status(NULL) == 0 && atomvm_exception_report(NULL) == NULL);
    CHECK(atomvm_argument_count(NULL) == 0 && atomvm_argument(NULL, 0) == NULL);
    CHECK(atomvm_caller(NULL) == NULL && atomvm_raise_error(NULL, atomvm_int64(1)) == NULL);
    atomvm_frame frame;
    CHECK(atomvm_exception_frame(NULL, 0, &frame) == ATOMVM_BAD_ARGUMENT);

    vm = new_vm();
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_load(vm, NULL, (const uint8_t *) "x", 1));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_load(vm, "x", NULL, 1));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_load_file(vm, NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_load_file(vm, "\xff"));
    EXPECT(vm, ATOMVM_FOREIGN_FILE, atomvm_add_library(vm, "x", (const uint8_t *) "x", 1));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_call(vm, NULL, "b", NULL, 0, NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_call(vm, "a", "\xff", NULL, 0, NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_call(vm, "a", "b", NULL, 1, NULL));
    argument = NULL;
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_call(vm, "a", "b", &argument, 1, NULL));
    atomvm_value *many[256];
    for (size_t n = 0; n < COUNT(many); n++)
        many[n] = atomvm_int64(1);
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_call(vm, "a", "b", many, COUNT(many), NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_register_native(vm, "a", "b", 256, add, NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_register_native(vm, "a", "b", 0, NULL, NULL));
    EXPECT(vm, ATOMVM_BAD_ARGUMENT, atomvm_register_native(vm, NULL, "b", 0, add, NULL));
    atomvm_destroy(vm);
}

/* ---- from memory, and on a machine of one's own ---- */

static uint8_t *contents(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    uint8_t *bytes = malloc(1 << 20);
    *size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void from_memory(void)
{
    atomvm_vm *vm;
    atomvm_value *result;
    size_t size;
    uint8_t *bytes = contents(in_folder("app.avm"), &size);

    EXPECT(NULL, ATOMVM_OK, atomvm_create(NULL, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load(vm, "app.avm", bytes, size));
    memset(bytes, 0, size);
    free(bytes);
    EXPECT(vm, ATOMVM_OK, call1(vm, "echo", atomvm_atom("copied"), &result));
    atomvm_free(result);
    atomvm_destroy(vm);

    bytes = contents(in_folder("app.beam"), &size);
    atomvm_config config = {.size = sizeof config, .flags = ATOMVM_NO_LIBRARY};
    EXPECT(NULL, ATOMVM_OK, atomvm_create(&config, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load_static(vm, "app.beam", bytes, size));
    EXPECT(vm, ATOMVM_OK, call1(vm, "echo", atomvm_atom("borrowed"), &result));
    PRINTS(result, "borrowed");
    atomvm_free(result);
    atomvm_destroy(vm);
    free(bytes);
}

struct machine {
    uint64_t now;
    int waits, looks;
    uint8_t *app;
    size_t app_size;
};

static uint64_t machine_now(void *user)
{
    return ((struct machine *) user)->now;
}

static bool machine_wait(void *user, uint64_t nanoseconds)
{
    struct machine *machine = user;
    machine->waits++;
    if (nanoseconds == UINT64_MAX)
        return false;
    machine->now += nanoseconds;
    return true;
}

static bool machine_module(void *user, const char *name, const uint8_t **bytes, size_t *size)
{
    struct machine *machine = user;
    machine->looks++;
    *bytes = machine->app;
    *size = machine->app_size;
    return strcmp(name, "app") == 0;
}

static void own_machine(void)
{
    struct machine machine = {.now = 1};
    machine.app = contents(in_folder("app.beam"), &machine.app_size);
    atomvm_platform platform = {.size = sizeof platform, .user = &machine,
        .monotonic = machine_now, .wait = machine_wait, .find_module = machine_module};
    atomvm_config config = {.size = sizeof config, .platform = &platform,
        .flags = ATOMVM_SEEDED | ATOMVM_STRESS, .seed = 1};
    atomvm_vm *vm;
    atomvm_value *result;
    EXPECT(NULL, ATOMVM_OK, atomvm_create(&config, &vm));
    /* A day passes in a moment. */
    atomvm_value *day = atomvm_int64(24 * 3600 * 1000);
    EXPECT(vm, ATOMVM_OK, atomvm_call(vm, "timer", "sleep", &day, 1, NULL));
    CHECK(machine.waits > 0 && machine.now > 24ull * 3600 * 1000000000);
    EXPECT(vm, ATOMVM_OK, call1(vm, "echo", atomvm_atom("found"), &result));
    CHECK(machine.looks > 0);
    PRINTS(result, "found");
    atomvm_free(result);
    /* Nothing will ever wake it. */
    EXPECT(vm, ATOMVM_STALLED, atomvm_call(vm, "app", "server", NULL, 0, NULL));
    atomvm_destroy(vm);
    free(machine.app);
}

int main(int count, char **arguments)
{
    CHECK(count == 2);
    folder = arguments[1];
    CHECK(strlen(atomvm_version()) > 0);
    values();
    bad_values();
    running();
    types();
    exceptions();
    steps();
    limits();
    bad_files();
    bad_arguments();
    from_memory();
    own_machine();
    puts("ok");
    return 0;
}
