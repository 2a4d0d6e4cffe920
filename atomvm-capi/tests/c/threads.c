/* Several VMs on several threads, one VM from thread to thread, and calls that come too early. */
#include "check.h"
#include <pthread.h>

#define THREADS 4

static const char *app;

static atomvm_value *add(atomvm_native_call *call, void *user)
{
    int64_t a, b;
    (void) user;
    CHECK(atomvm_get_int64(atomvm_argument(call, 0), &a) == ATOMVM_OK);
    CHECK(atomvm_get_int64(atomvm_argument(call, 1), &b) == ATOMVM_OK);
    return atomvm_int64(a + b);
}

static atomvm_vm *new_vm(void)
{
    atomvm_vm *vm;
    EXPECT(NULL, ATOMVM_OK, atomvm_create(NULL, &vm));
    EXPECT(vm, ATOMVM_OK, atomvm_load_file(vm, app));
    EXPECT(vm, ATOMVM_OK, atomvm_register_native(vm, "host", "add", 2, add, NULL));
    return vm;
}

static void *own_vm(void *unused)
{
    for (int round = 0; round < 5; round++) {
        atomvm_vm *vm = new_vm();
        atomvm_value *result;
        EXPECT(vm, ATOMVM_OK, atomvm_run(vm, &result));
        PRINTS(result, "{ok,42}");
        atomvm_free(result);
        atomvm_destroy(vm);
    }
    return unused;
}

static void *given_vm(void *vm)
{
    atomvm_value *result;
    EXPECT(vm, ATOMVM_OK, atomvm_run(vm, &result));
    return result;
}

static void *endless(void *vm)
{
    atomvm_status status;
    do {
        status = atomvm_call(vm, "app", "loop", NULL, 0, NULL);
    } while (status == ATOMVM_BUSY);
    EXPECT(vm, ATOMVM_HALTED, status);
    CHECK(atomvm_exit_status(vm) == 5);
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];
    char path[4096];
    CHECK(count == 2);
    snprintf(path, sizeof path, "%s/app.beam", arguments[1]);
    app = path;

    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_create(&threads[n], NULL, own_vm, NULL) == 0);
    for (int n = 0; n < THREADS; n++)
        CHECK(pthread_join(threads[n], NULL) == 0);

    /* Made here, run there, destroyed here; its result read here. */
    atomvm_vm *vm = new_vm();
    for (int round = 0; round < 2; round++) {
        void *result;
        CHECK(pthread_create(&threads[0], NULL, given_vm, vm) == 0);
        CHECK(pthread_join(threads[0], &result) == 0);
        PRINTS(result, "{ok,42}");
        atomvm_free(result);
    }

    /* Two at once: one is told to wait its turn. Stopping needs no turn. */
    CHECK(pthread_create(&threads[0], NULL, endless, vm) == 0);
    atomvm_status status;
    while ((status = atomvm_step(vm, 1, NULL, NULL)) != ATOMVM_BUSY)
        CHECK(status == ATOMVM_IDLE || status == ATOMVM_RUNNING);
    EXPECT(NULL, ATOMVM_OK, atomvm_stop(vm, 5));
    CHECK(pthread_join(threads[0], NULL) == 0);
    atomvm_destroy(vm);
    puts("ok");
    return 0;
}
