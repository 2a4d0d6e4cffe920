//! Damaged modules are refused, or run within their limits: none brings the VM down.
//!
//! This process starts workers of the same command and watches them: a worker writes down which
//! mutant it is about to run, so a crash, or a mutant that runs for ever, has a number. Mutants
//! follow from their number and the seed alone.
//!
//! - `ATOMVM_MUTANTS=100000`: how many (3000 if not set).
//! - `ATOMVM_MUTATION_SEED=2`: others.
//! - `ATOMVM_MUTANT=123` runs one, in this process, and says how it came about; with
//!   `ATOMVM_MUTANT_STEPS=0,3` only with these steps, with `ATOMVM_MUTANT_FILE=path` it is written
//!   to a file as well.
//!
//! The files of `corpus/` crashed the VM once; they are run first.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, panic, process};

use atomvm_core::code::ahead::without_translation;
use atomvm_core::pack::Pack;
use atomvm_host::LIBRARY;
use atomvm_tests::mutate::{Module, Rng, exercise, mutate};
use atomvm_tests::{Otp, programs, root, stem};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// Modules of the library that are damaged, and a program that uses each.
const LIBRARY_MODULES: [(&str, &str); 25] = [
    ("lists", "list_module"),
    ("lists", "list_keys"),
    ("maps", "map_iter"),
    ("string", "str_module"),
    ("io_lib", "fmt_terms"),
    ("io_lib_format", "fmt_numbers"),
    ("io_lib_format", "fmt_strings"),
    ("io_lib_pretty", "fmt_pretty"),
    ("io", "io_console"),
    ("gen_server", "beh_server"),
    ("gen", "beh_server"),
    ("gen_statem", "beh_statem"),
    ("gen_event", "beh_event"),
    ("supervisor", "beh_supervisor"),
    ("proc_lib", "beh_server"),
    ("binary", "bin_module"),
    ("base64", "base64_use"),
    ("dict", "col_dicts"),
    ("queue", "col_queue"),
    ("sets", "col_sets"),
    ("gb_trees", "col_dicts"),
    ("gb_sets", "col_sets"),
    ("rand", "alg_words"),
    ("proplists", "list_module"),
    ("unicode", "bin_utf"),
];

/// What is said of a mutant that does not end.
const ENDLESS: &str = "runs for ever";

/// Of so many mutants one may run for ever: a small term whose parts are shared many times over
/// takes more time to hash or compare than there is, here as in OTP.
const MUTANTS_PER_ENDLESS: u64 = 500;

/// Larger modules take most of the time and show nothing that others do not.
const SIZE_LIMIT: usize = 60_000;

/// A module to damage, and what uses it.
struct Base {
    module: Module,
    driver: Option<&'static [u8]>,
}

fn variable(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

fn folder() -> PathBuf {
    Path::new(FOLDER).join("mutation")
}

/// All modules to damage, in an order that does not change.
fn bases() -> Vec<Base> {
    let mut bases = Vec::new();
    let mut add = |bytes: &[u8], driver| {
        if bytes.len() <= SIZE_LIMIT
            && let Ok(module) = Module::parse(bytes)
        {
            bases.push(Base { module, driver });
        }
    };
    for program in beams(&folder()) {
        add(&read(&program), None);
    }
    for release in ["otp23", "otp25", "otp27", "otp29"] {
        for file in beams(&root().join("../shared/fixtures").join(release)) {
            add(&read(&file), None);
        }
    }
    let pack = Pack::parse(LIBRARY).expect("the library");
    for (name, driver) in LIBRARY_MODULES {
        let driver = fs::read(folder().join(driver).with_extension("beam")).ok();
        let driver = driver.map(|bytes| &*bytes.leak());
        if let Some(entry) = pack.find(&format!("{name}.beam")) {
            // A translation would not be that of code that was changed.
            let module = without_translation(entry.data).expect("a module");
            add(&module, driver);
        }
    }
    bases
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The modules in a folder, in order; none if there is no such folder.
fn beams(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "beam"))
        .collect();
    files.sort();
    files
}

fn mutant_seed(number: u64) -> u64 {
    let seed = variable("ATOMVM_MUTATION_SEED").unwrap_or(1);
    Rng::new(seed.wrapping_mul(0x5851_f42d_4c95_7f2d) ^ number).next_u64()
}

/// Makes mutant `number` and runs it.
fn run_mutant(bases: &[Base], number: u64, only: Option<&[usize]>, tell: bool) -> [u64; 4] {
    let mut rng = Rng::new(mutant_seed(number));
    let base = &bases[rng.below(bases.len())];
    let other = &bases[rng.below(bases.len())];
    let mutant = mutate(&base.module, &other.module, rng.next_u64(), only);
    if tell {
        println!("{} steps {:?}", base.module.name, mutant.steps);
        if let Some(path) = env::var_os("ATOMVM_MUTANT_FILE") {
            fs::write(path, &mutant.file).expect("the file for the mutant");
        }
    }
    let outcome = exercise(&mutant.file, LIBRARY, base.driver, &mut rng);
    if tell {
        println!("{outcome:?}");
    }
    [
        u64::from(outcome.accepted),
        outcome.calls,
        outcome.returned,
        outcome.limited,
    ]
}

/// A panic must end the process like any other crash: nothing may catch it.
fn abort_on_panic() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        report(info);
        process::abort();
    }));
}

/// What a worker writes down: the mutant's number, how many it ran, and the sums of outcomes.
const STATE: usize = 6;

fn encode(state: [u64; STATE]) -> Vec<u8> {
    state.iter().flat_map(|it| it.to_le_bytes()).collect()
}

/// Runs mutants `from`, `from + step`... up to `to`.
fn work(task: &str) {
    abort_on_panic();
    let mut parts = task.split(',');
    let mut next = || parts.next().expect("a part of the task");
    let file = File::options()
        .write(true)
        .open(next())
        .expect("the file for the state");
    let mut number = || next().parse::<u64>().expect("a number of the task");
    let (from, to, step) = (number(), number(), number());
    let bases = bases();
    let mut state = [0; STATE];
    let mut mutant = from;
    while mutant < to {
        state[0] = mutant;
        file.write_at(&encode(state), 0).expect("the state written");
        let outcome = run_mutant(&bases, mutant, None, false);
        state[1] += 1;
        for (sum, part) in state[2..].iter_mut().zip(outcome) {
            *sum += part;
        }
        mutant += step;
    }
    state[0] = to;
    file.write_at(&encode(state), 0).expect("the state written");
}

/// A mutant that brought a worker down.
struct Failure {
    mutant: u64,
    what: String,
}

/// Keeps a worker going until it has done its share.
struct Lane {
    file: PathBuf,
    next: u64,
    to: u64,
    step: u64,
    sums: [u64; STATE],
}

impl Lane {
    fn state(&self) -> [u64; STATE] {
        let bytes = fs::read(&self.file).unwrap_or_default();
        let mut state = [0; STATE];
        for (word, bytes) in state.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        }
        state
    }

    fn start(&self) -> Child {
        fs::write(&self.file, encode([self.next, 0, 0, 0, 0, 0])).expect("a file for the state");
        let file = self.file.display();
        let task = format!("{file},{},{},{}", self.next, self.to, self.step);
        let log = File::create(self.file.with_extension("log")).expect("a file for the log");
        Command::new(env::current_exe().expect("this command"))
            .env("ATOMVM_MUTATION_TASK", task)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("a worker")
    }

    fn run(&mut self, patience: Duration) -> Vec<Failure> {
        let mut failures = Vec::new();
        while self.next < self.to && failures.len() < 40 {
            let mut child = self.start();
            let what = watch(self, &mut child, patience);
            let state = self.state();
            for (sum, part) in self.sums[1..].iter_mut().zip(&state[1..]) {
                *sum += part;
            }
            match what {
                None => break,
                Some(what) => failures.push(Failure {
                    mutant: state[0],
                    what,
                }),
            }
            self.next = state[0] + self.step;
        }
        failures
    }
}

/// Waits for a worker: what went wrong, if anything.
fn watch(lane: &Lane, child: &mut Child, patience: Duration) -> Option<String> {
    let mut last = (lane.state()[0], Instant::now());
    loop {
        if let Some(status) = child.try_wait().expect("the state of a worker") {
            let log = fs::read_to_string(lane.file.with_extension("log")).unwrap_or_default();
            let how = status
                .signal()
                .map_or(format!("{:?}", status.code()), |it| format!("signal {it}"));
            return (!status.success()).then(|| format!("{how}: {}", summary(&log)));
        }
        let now = lane.state()[0];
        if now != last.0 {
            last = (now, Instant::now());
        } else if last.1.elapsed() > patience {
            let _ = child.kill();
            let _ = child.wait();
            return Some(ENDLESS.to_owned());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// The lines of a log that say what happened.
fn summary(log: &str) -> String {
    let telling = |line: &&str| {
        [
            "panicked at",
            "SUMMARY",
            "ERROR: ",
            "assert",
            "index out",
            "overflow",
            "unwrap",
        ]
        .iter()
        .any(|it| line.contains(it))
    };
    let lines: Vec<&str> = log.lines().filter(telling).take(4).collect();
    lines.join(" | ")
}

fn main() -> ExitCode {
    if let Ok(task) = env::var("ATOMVM_MUTATION_TASK") {
        work(&task);
        return ExitCode::SUCCESS;
    }
    let otp = Otp::new(&folder(), Vec::new());
    otp.compile_erlang(&programs(&root().join("tests/programs"), "erl"));
    if let Some(mutant) = variable("ATOMVM_MUTANT") {
        let steps = env::var("ATOMVM_MUTANT_STEPS").ok().map(|text| {
            let parts = text.split(',').filter(|it| !it.is_empty());
            parts
                .map(|it| it.parse().expect("a step"))
                .collect::<Vec<usize>>()
        });
        run_mutant(&bases(), mutant, steps.as_deref(), true);
        return ExitCode::SUCCESS;
    }
    let bases = bases();
    for base in &bases {
        let file = base.module.encode();
        let mut rng = Rng::new(7);
        assert!(
            exercise(&file, LIBRARY, base.driver, &mut rng).accepted,
            "{} is refused undamaged",
            base.module.name
        );
    }
    let corpus = beams(&root().join("tests/corpus"));
    for file in &corpus {
        println!("corpus: {}", stem(file));
        for seed in 0..4 {
            exercise(&read(file), LIBRARY, None, &mut Rng::new(seed));
        }
    }
    println!(
        "{} modules, {} files of the corpus",
        bases.len(),
        corpus.len()
    );
    let ended = mutants(variable("ATOMVM_MUTANTS").unwrap_or(3000));
    if ended {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs so many mutants; `false` if one brought a worker down.
fn mutants(count: u64) -> bool {
    let start = Instant::now();
    let patience = Duration::from_secs(variable("ATOMVM_MUTATION_PATIENCE").unwrap_or(60));
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let workers = variable("ATOMVM_MUTATION_WORKERS").unwrap_or(workers);
    let lanes = (0..workers).map(|from| Lane {
        file: folder().join(format!("worker-{}-{from}", process::id())),
        next: from,
        to: count,
        step: workers,
        sums: [0; STATE],
    });
    let running: Vec<_> = lanes
        .map(|mut lane| {
            thread::spawn(move || {
                let failures = lane.run(patience);
                let _ = fs::remove_file(&lane.file);
                let _ = fs::remove_file(lane.file.with_extension("log"));
                (lane.sums, failures)
            })
        })
        .collect();
    let mut sums = [0; STATE];
    let mut failures = Vec::new();
    for lane in running {
        let (part, failed) = lane.join().expect("a watcher");
        for (sum, part) in sums.iter_mut().zip(part) {
            *sum += part;
        }
        failures.extend(failed);
    }
    let [_, done, accepted, calls, returned, limited] = sums;
    println!(
        "{done} mutants in {:?}: {accepted} accepted, {calls} calls, {returned} returned, \
         {limited} met a limit",
        start.elapsed()
    );
    for failure in &failures {
        println!("mutant {}: {}", failure.mutant, failure.what);
    }
    let endless = failures.iter().filter(|it| it.what == ENDLESS).count();
    endless == failures.len() && endless as u64 <= count / MUTANTS_PER_ENDLESS
}
