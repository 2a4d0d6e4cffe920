//! `include/atomvm.h` is what the sources say.
//!
//! To write it anew: `ATOMVM_WRITE_HEADER=1 cargo test -p atomvm-capi --test header`

use std::path::Path;

use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};

/// In the order in which a reader meets them.
const SOURCES: [&str; 8] = [
    "status",
    "value",
    "read",
    "platform",
    "config",
    "vm",
    "native",
    "exception",
];

const HEADER: &str = "\
/*
 * AtomVM: a virtual machine for compiled Erlang, Elixir and Gleam.
 *
 *     atomvm_vm *vm;
 *     atomvm_value *result;
 *     if (atomvm_create(NULL, &vm) == ATOMVM_OK
 *         && atomvm_load_file(vm, \"app.avm\") == ATOMVM_OK
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
 */";

fn generate() -> String {
    let config = Config {
        language: Language::C,
        cpp_compat: true,
        include_guard: Some("ATOMVM_H".into()),
        header: Some(HEADER.into()),
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"]
            .map(String::from)
            .into(),
        usize_is_size_t: true,
        style: Style::Type,
        documentation_style: DocumentationStyle::C99,
        line_length: 100,
        ..Config::default()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut builder = Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(folder.join(source).with_extension("rs"));
    }
    let mut text = Vec::new();
    builder
        .generate()
        .expect("the sources can be read")
        .write(&mut text);
    String::from_utf8(text).expect("the header is UTF-8")
}

#[test]
fn the_header_is_what_the_sources_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/atomvm.h");
    let wanted = generate();
    if std::env::var_os("ATOMVM_WRITE_HEADER").is_some() {
        std::fs::write(&path, &wanted).expect("the header can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == wanted,
        "include/atomvm.h is not what the sources say: ATOMVM_WRITE_HEADER=1 cargo test -p \
         atomvm-capi --test header writes it anew"
    );
}
