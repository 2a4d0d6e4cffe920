/* What the tests in C have in common. */
#ifndef CHECK_H
#define CHECK_H

#include <atomvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);               \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

/* What came of a call, with the message when it is not what was expected. */
#define EXPECT(vm, expected, call)                                                        \
    do {                                                                                  \
        atomvm_status status_ = (call);                                                   \
        if (status_ != (expected)) {                                                      \
            fprintf(stderr, "%s:%d: %s: %s: %s\n", __FILE__, __LINE__, #call,             \
                atomvm_status_text(status_), atomvm_last_error(vm));                      \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

/* Does the last error of the VM say this? */
#define SAYS(vm, part)                                                                    \
    do {                                                                                  \
        const char *said_ = atomvm_last_error(vm);                                        \
        if (strstr(said_, part) == NULL) {                                                \
            fprintf(stderr, "%s:%d: \"%s\" does not say \"%s\"\n", __FILE__, __LINE__,    \
                said_, part);                                                             \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define LIST(...)                                                                         \
    atomvm_list((atomvm_value *[]){__VA_ARGS__}, COUNT(((atomvm_value *[]){__VA_ARGS__})))

/* Does the term print so? */
static void prints(const atomvm_value *value, const char *expected, int line)
{
    char *text = atomvm_to_text(value);
    if (text == NULL || strcmp(text, expected) != 0) {
        fprintf(stderr, "line %d: %s, expected %s\n", line, text ? text : "(null)", expected);
        exit(1);
    }
    atomvm_free_text(text);
}
#define PRINTS(value, expected) prints(value, expected, __LINE__)

#endif
