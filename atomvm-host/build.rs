//! Makes the built-in library: compiles `libs/` with `erlc` and packs it together with OTP's own
//! modules, as they are in the Erlang that is installed, into `atomvm-lib.avm`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

use atomvm_core::code::Target;
use atomvm_core::code::ahead::translate;
use atomvm_core::pack::{FLAG_BEAM, Pack, PackWriter, strip};

const INSTALL: &str = "the built-in library is made with Erlang/OTP, which was not found. \
    Install it (on Debian and Ubuntu: apt-get install erlang-nox) or set ERL and ERLC to its commands";

/// OTP's applications whose modules all belong to the library, if they are installed.
const WHOLE: &[&str] = &["compiler", "eunit", "parsetools", "syntax_tools"];

/// Modules of OTP's stdlib that stay out: they start other nodes, or are for another system.
const WITHOUT: &[&str] = &["peer", "pool", "slave", "win32reg"];

/// Modules of OTP's kernel that touch nothing outside the VM, and those that do it by `prim_file`.
const OF_KERNEL: &[&str] = &[
    "application",
    "application_master",
    "application_starter",
    "data_publisher",
    "disk_log",
    "disk_log_1",
    "disk_log_server",
    "disk_log_sup",
    "erl_erts_errors",
    "erl_kernel_errors",
    "erl_signal_handler",
    "erpc",
    "error_handler",
    "error_logger",
    "erts_debug",
    "file",
    "file_io_server",
    "file_server",
    "global_group",
    "inet_parse",
    "logger_backend",
    "logger_config",
    "logger_disk_log_h",
    "logger_filters",
    "logger_formatter",
    "logger_h_common",
    "logger_handler_watcher",
    "logger_olp",
    "logger_proxy",
    "logger_server",
    "logger_simple_h",
    "logger_std_h",
    "logger_sup",
    "net_adm",
    "os",
    "pg",
    "raw_file_io",
    "raw_file_io_compressed",
    "raw_file_io_deflate",
    "raw_file_io_delayed",
    "raw_file_io_inflate",
    "raw_file_io_list",
    "raw_file_io_raw",
    "rpc",
    "seq_trace",
    "trace",
    "wrap_log_reader",
];

/// Modules of OTP's kernel for which a small module of `libs/` stands until they are needed.
const STARTED_LATE: &[&str] = &["application_controller", "global", "logger"];

/// Modules of the emulator's own application: the other half of most are functions that are built in.
const OF_ERTS: &[&str] = &[
    "atomics",
    "counters",
    "persistent_term",
    "prim_eval",
    "prim_zip",
];

/// Modules that OTP's emulator has in itself, without the lines that stack traces tell.
const WITHOUT_LINES: &[&str] = &[
    "atomics",
    "counters",
    "erl_prim_loader",
    "erts_code_purger",
    "init",
    "persistent_term",
    "prim_buffer",
    "prim_eval",
    "prim_file",
    "prim_zip",
    "zlib",
];

/// Asks OTP for the folders of applications, and writes what they say of themselves to the folder
/// `DESCRIPTIONS` as terms. Kernel's processes are those of this VM: it has nothing to start.
const ASK: &str = r#"
    Describe = fun(App, Dir) ->
        {ok, [{application, App, Properties}]} =
            file:consult(filename:join([Dir, "ebin", atom_to_list(App) ++ ".app"])),
        Own = case App of
            kernel -> lists:keydelete(mod, 1, Properties);
            _ -> Properties
        end,
        File = filename:join("DESCRIPTIONS", atom_to_list(App) ++ ".bin"),
        ok = file:write_file(File, term_to_binary({application, App, Own}))
    end,
    [case code:lib_dir(App) of
        {error, bad_name} -> ok;
        Dir ->
            App =:= erts orelse Describe(App, Dir),
            io:format("~ts ~ts~n", [App, Dir])
     end || App <- [APPLICATIONS]],
    halt()."#;

fn main() {
    let out = PathBuf::from(variable("OUT_DIR"));
    let sources = Path::new(&variable("CARGO_MANIFEST_DIR")).join("libs");
    println!("cargo::rerun-if-changed={}", sources.display());
    println!("cargo::rerun-if-env-changed=ERL");
    println!("cargo::rerun-if-env-changed=ERLC");
    println!("cargo::rustc-env=ATOMVM_OTP_RELEASE={}", release());

    let compiled = out.join("libs");
    // Left-overs of a source that is no longer there must not be packed.
    let _ = fs::remove_dir_all(&compiled);
    fs::create_dir_all(&compiled)
        .unwrap_or_else(|error| fail(&format!("{}: {error}", compiled.display())));
    compile(&erlang_files(&sources), &compiled);

    let installed = installed(&out);
    let folder = |application: &str| {
        installed.get(application).unwrap_or_else(|| {
            fail(&format!("erl did not say where its {application} is"));
        })
    };
    let mut modules = BTreeMap::new();
    for folder in WHOLE.iter().filter_map(|name| installed.get(*name)) {
        add(&mut modules, folder, |_| true);
    }
    add(&mut modules, folder("stdlib"), |name| {
        !WITHOUT.contains(&name)
    });
    add(&mut modules, folder("kernel"), |name| {
        OF_KERNEL.contains(&name)
    });
    add(&mut modules, folder("erts"), |name| OF_ERTS.contains(&name));
    // Last, so that they replace OTP's of the same name.
    small(&out, &sources.join(SMALL));
    let mut own = BTreeMap::new();
    add(&mut own, &compiled, |_| true);
    let names: Vec<&String> = own.keys().collect();
    let file = out.join("own.rs");
    fs::write(&file, format!("&{names:?}"))
        .unwrap_or_else(|error| fail(&format!("{}: {error}", file.display())));
    modules.append(&mut own);

    let mut files = BTreeMap::new();
    let mut late = BTreeMap::new();
    add(&mut late, folder("kernel"), |name| {
        STARTED_LATE.contains(&name)
    });
    for (name, data) in late {
        files.insert(format!("otp/{name}.beam"), data);
    }
    for path in entries(&out.join("descriptions")) {
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            files.insert(format!("{name}/priv/application.bin"), read(&path));
        }
    }
    for (name, ebin) in &installed {
        // What sources include, for the compiler and the generators of parsers.
        let include = ebin.with_file_name("include");
        for path in entries_if_any(&include) {
            if let (Some("hrl"), Some(file)) = (
                path.extension().and_then(|extension| extension.to_str()),
                path.file_name().and_then(|file| file.to_str()),
            ) {
                println!("cargo::rerun-if-changed={}", path.display());
                files.insert(format!("{name}/include/{file}"), read(&path));
            }
        }
    }
    write(&modules, &files, &out.join("atomvm-lib.avm"));
}

/// The folder of modules that stand for larger ones in packs that hold only what is used.
const SMALL: &str = "small";

/// Packs the modules in `sources` into `atomvm-small.avm`.
fn small(out: &Path, sources: &Path) {
    let compiled = out.join(SMALL);
    let _ = fs::remove_dir_all(&compiled);
    fs::create_dir_all(&compiled)
        .unwrap_or_else(|error| fail(&format!("{}: {error}", compiled.display())));
    compile(&erlang_files(sources), &compiled);
    let mut modules = BTreeMap::new();
    add(&mut modules, &compiled, |_| true);
    let mut pack = PackWriter::new();
    for (name, data) in &modules {
        if let Err(error) = pack.add(&format!("{name}.beam"), FLAG_BEAM, data) {
            fail(&format!("{name}: {error}"));
        }
    }
    let file = out.join("atomvm-small.avm");
    fs::write(&file, pack.finish())
        .unwrap_or_else(|error| fail(&format!("{}: {error}", file.display())));
}

/// All `.erl` files under `folder`.
fn erlang_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in entries(folder) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != SMALL) {
            files.extend(erlang_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "erl") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    files
}

/// Compiles the Erlang `files` into `to`. The result is the same wherever they stand.
fn compile(files: &[PathBuf], to: &Path) {
    let erlc = command("ERLC", "erlc");
    let status = Command::new(&erlc)
        .args(["+deterministic", "+no_docs", "-o"])
        .arg(to)
        .args(files)
        .status();
    match status {
        Err(_) => fail(INSTALL),
        Ok(status) if !status.success() => fail("erlc refused libs/: see its messages"),
        Ok(_) => {}
    }
}

/// The folders with the compiled modules of OTP's applications that are installed; what these say of
/// themselves is then in `out`.
fn installed(out: &Path) -> BTreeMap<String, PathBuf> {
    let descriptions = out.join("descriptions");
    let _ = fs::remove_dir_all(&descriptions);
    fs::create_dir_all(&descriptions)
        .unwrap_or_else(|error| fail(&format!("{}: {error}", descriptions.display())));
    let wanted = [&["stdlib", "kernel", "erts"], WHOLE].concat();
    let ask = ASK
        .replace("DESCRIPTIONS", &descriptions.display().to_string())
        .replace("APPLICATIONS", &wanted.join(", "));
    let output = Command::new(command("ERL", "erl"))
        .args(["-noshell", "-eval", &ask])
        .output();
    let output = output.unwrap_or_else(|_| fail(INSTALL));
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines
        .map(|(name, folder)| (name.to_owned(), Path::new(folder).join("ebin")))
        .filter(|(_, folder)| folder.is_dir())
        .collect()
}

/// The number of the installed release of OTP.
fn release() -> u32 {
    let ask = "io:format(\"~ts\", [erlang:system_info(otp_release)]), halt().";
    let output = Command::new(command("ERL", "erl"))
        .args(["-noshell", "-eval", ask])
        .output();
    let output = output.unwrap_or_else(|_| fail(INSTALL));
    let text = String::from_utf8_lossy(&output.stdout);
    text.parse()
        .unwrap_or_else(|_| fail(&format!("erl did not say which release it is, but: {text}")))
}

/// Adds the compiled modules in `folder` whose names are `wanted`, stripped.
fn add(modules: &mut BTreeMap<String, Vec<u8>>, folder: &Path, wanted: impl Fn(&str) -> bool) {
    for path in entries(folder) {
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_suffix(".beam"))
        else {
            continue;
        };
        if !wanted(name) {
            continue;
        }
        println!("cargo::rerun-if-changed={}", path.display());
        match strip(&read(&path), !WITHOUT_LINES.contains(&name)) {
            Ok(stripped) => modules.insert(stripped.module, stripped.data),
            Err(error) => fail(&format!("{}: {error}", path.display())),
        };
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| fail(&format!("{}: {error}", path.display())))
}

/// Modules that every program loads: they stand together, so that few pages of the library are read.
const FIRST: &[&str] = &[
    "atomvm_io",
    "atomvm_services",
    "code",
    "io",
    "io_lib",
    "net_kernel",
    "unicode",
];

fn write(modules: &BTreeMap<String, Vec<u8>>, files: &BTreeMap<String, Vec<u8>>, file: &Path) {
    let mut pack = PackWriter::new();
    let mut sorted: Vec<_> = modules.iter().collect();
    sorted.sort_by_key(|(name, _)| !FIRST.contains(&name.as_str()));
    for (name, data) in sorted {
        let translated = translate(data, machine(), true);
        let data = match &translated {
            Ok(Some(translated)) => translated,
            Ok(None) => data,
            // A compiler that is newer than this VM: the program that calls the module is told.
            Err(error) => {
                println!("cargo::warning={name}: {error}");
                data
            }
        };
        // Without the flag of a start module: a library is never the program.
        if let Err(error) = pack.add(&format!("{name}.beam"), FLAG_BEAM, data) {
            fail(&format!("{name}: {error}"));
        }
    }
    for (name, contents) in files {
        if let Err(error) = pack.add_file(name, contents) {
            fail(&format!("{name}: {error}"));
        }
    }
    let bytes = pack.finish();
    if let Err(error) = fs::write(file, &bytes) {
        fail(&format!("{}: {error}", file.display()));
    }
    write_index(&bytes, &file.with_file_name("modules.rs"));
}

/// The machine that the library is for.
fn machine() -> Target {
    let bits = variable("CARGO_CFG_TARGET_POINTER_WIDTH");
    Target {
        word_bytes: if bits == "64" { 8 } else { 4 },
        is_big_endian: variable("CARGO_CFG_TARGET_ENDIAN") == "big",
    }
}

/// Writes where each module is, so that the VM finds one without reading through the pack.
fn write_index(bytes: &[u8], file: &Path) {
    let pack = Pack::parse(bytes).unwrap_or_else(|error| fail(&error.to_string()));
    let mut index = String::from("&[\n");
    for entry in pack.entries().iter().filter(|entry| entry.is_beam()) {
        let name = entry.module_name().unwrap_or(entry.name);
        let start = entry.data.as_ptr() as usize - bytes.as_ptr() as usize;
        index += &format!("    ({name:?}, {start}, {}),\n", entry.data.len());
    }
    index.push(']');
    fs::write(file, index).unwrap_or_else(|error| fail(&format!("{}: {error}", file.display())));
}

/// What is in `folder`, if it is there.
fn entries_if_any(folder: &Path) -> Vec<PathBuf> {
    if folder.is_dir() {
        entries(folder)
    } else {
        Vec::new()
    }
}

/// What is in `folder`, in the order of the names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> =
        listed.unwrap_or_else(|error| fail(&format!("{}: {error}", folder.display())));
    paths.sort();
    paths
}

fn command(variable: &str, usual: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| usual.into())
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| fail(&format!("cargo did not set {name}")))
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
