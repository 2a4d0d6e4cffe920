/* Runs a pack, gives it a function of this program, and reads what it returns. */
#include <atomvm.h>
#include <stdio.h>

/* host:temperature(Window): it is cooler with the window open. */
static atomvm_value *temperature(atomvm_native_call *call, void *user)
{
    const double *outside = user;
    int64_t window;
    if (atomvm_get_int64(atomvm_argument(call, 0), &window) != ATOMVM_OK)
        return NULL; /* error:badarg */
    return atomvm_double(*outside + (100 - window) / 4.0);
}

/* Prints the result: {mild, #{window := Window, ...}}. */
static void show(const atomvm_value *result)
{
    int64_t window;
    atomvm_value *key = atomvm_atom("window");
    const atomvm_value *report = atomvm_element(result, 1);
    if (atomvm_is_atom(atomvm_element(result, 0), "mild")
        && atomvm_get_int64(atomvm_map_get(report, key), &window) == ATOMVM_OK)
        printf("It is mild with the window at %d%%.\n", (int) window);
    atomvm_free(key);

    char *text = atomvm_to_text(result);
    printf("%s\n", text);
    atomvm_free_text(text);
}

int main(int count, char **arguments)
{
    double outside = 8.0;
    atomvm_vm *vm;
    atomvm_value *result;
    atomvm_status status;

    if (count != 2) {
        fprintf(stderr, "usage: %s FILE.avm\n", arguments[0]);
        return 2;
    }
    if (atomvm_create(NULL, &vm) != ATOMVM_OK) {
        fprintf(stderr, "%s\n", atomvm_last_error(NULL));
        return 1;
    }
    if ((status = atomvm_load_file(vm, arguments[1])) == ATOMVM_OK
        && (status = atomvm_register_native(vm, "host", "temperature", 1, temperature, &outside))
            == ATOMVM_OK
        && (status = atomvm_run(vm, &result)) == ATOMVM_OK) {
        show(result);
        atomvm_free(result);
    } else if (status == ATOMVM_EXCEPTION) {
        fputs(atomvm_exception_report(vm), stderr);
    } else {
        fprintf(stderr, "%s\n", atomvm_last_error(vm));
    }
    atomvm_destroy(vm);
    return status == ATOMVM_OK ? 0 : 1;
}
