//! OTP, whose answers are the right ones.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{env, fs};

use crate::{Expected, root, run, stem};

/// Time for all programs together.
const LIMIT: Duration = Duration::from_secs(600);

/// Compiles programs into a folder and runs them there on OTP, unless it has been done before.
#[derive(Debug)]
pub struct Otp {
    folder: PathBuf,
    paths: Vec<PathBuf>,
    /// Where the system is that it runs in, if that is not the one at hand.
    root: Option<PathBuf>,
}

impl Otp {
    /// Works in `folder`, with `paths` as further places of modules.
    ///
    /// # Panics
    ///
    /// If the folder cannot be made or the runner does not compile.
    pub fn new(folder: &Path, paths: Vec<PathBuf>) -> Otp {
        fs::create_dir_all(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let otp = Otp {
            folder: folder.to_owned(),
            paths,
            root: None,
        };
        let support = ["oracle.erl", "versions.erl"];
        otp.compile(
            "erlc",
            &support.map(|file| root().join("tests/support").join(file)),
        );
        otp
    }

    /// An OTP of another system, which is in the folder `system`; works in `folder` in there,
    /// where the `.erl` files are that are compiled.
    ///
    /// # Panics
    ///
    /// If the runner does not compile.
    pub fn in_system(system: &Path, folder: &Path) -> Otp {
        let otp = Otp {
            folder: folder.to_owned(),
            paths: Vec::new(),
            root: Some(system.to_owned()),
        };
        let support = ["oracle.erl", "versions.erl", "compiling.erl"].map(|file| {
            let copy = folder.join(file);
            fs::copy(root().join("tests/support").join(file), &copy).expect("a copy of the runner");
            copy
        });
        otp.compile("erlc", &support);
        otp
    }

    /// A command of this OTP.
    fn command(&self, name: &str) -> Command {
        match &self.root {
            None => Command::new(name),
            Some(root) => {
                let mut command = Command::new("chroot");
                command.arg(root).arg(name);
                command
            }
        }
    }

    /// A file as this OTP sees it.
    fn seen(&self, file: &Path) -> PathBuf {
        let inside = self
            .root
            .as_ref()
            .and_then(|root| file.strip_prefix(root).ok());
        inside.map_or_else(|| file.to_owned(), |file| Path::new("/").join(file))
    }

    /// Where the compiled programs stand.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Compiles the `.erl` files that changed, in one go.
    ///
    /// # Panics
    ///
    /// If the compiler refuses one.
    pub fn compile_erlang(&self, sources: &[PathBuf]) {
        let changed = |source: &&PathBuf| {
            let beam = self.folder.join(stem(source)).with_extension("beam");
            modified(source) > modified(&beam)
        };
        self.compile(
            "erlc",
            &sources.iter().filter(changed).cloned().collect::<Vec<_>>(),
        );
    }

    /// Compiles the `.ex` files if one changed since the last time.
    ///
    /// # Panics
    ///
    /// If the compiler refuses one.
    pub fn compile_elixir(&self, sources: &[PathBuf]) {
        let mark = self.folder.join("compiled");
        if sources
            .iter()
            .all(|source| modified(source) < modified(&mark))
        {
            return;
        }
        self.compile("elixirc", sources);
        fs::write(mark, "").expect("a file in the folder of the programs");
    }

    fn compile(&self, compiler: &str, sources: &[PathBuf]) {
        if sources.is_empty() {
            return;
        }
        let mut command = self.command(compiler);
        if compiler == "erlc" {
            // Programs that are sure to fail are what some tests are about: no warnings.
            command.args(["-W0", "+nowarn_failed", "-pa"]);
            // Parse transforms stand there.
            command.arg(&self.folder);
        }
        command.arg("-o").arg(self.seen(&self.folder));
        command.args(sources.iter().map(|source| self.seen(source)));
        let finished = run(&mut command, LIMIT);
        let text = [finished.stdout, finished.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(finished.code == Some(0), "{compiler}: {text}");
    }

    /// Compiles `.erl` files of the folder, each with the same options; what the compiler says of
    /// those that it refuses, in lines of a name and a reason.
    ///
    /// # Panics
    ///
    /// If the compiler cannot be run.
    pub fn compile_each(&self, names: &[String], options: &[&str]) -> String {
        let call = format!(
            "compiling:main({:?}, [{}], {names:?}).",
            self.seen(&self.folder),
            options.join(", ")
        );
        let mut command = self.command("erl");
        command.arg("-noshell").arg("-pa");
        command.arg(self.seen(&self.folder));
        command.args(["-eval", &call]);
        let finished = run(&mut command, LIMIT);
        let text = String::from_utf8_lossy(&finished.stderr);
        assert!(finished.code == Some(0), "erl failed: {text}");
        String::from_utf8_lossy(&finished.stdout).into_owned()
    }

    /// Runs the modules that have no answer yet, in one node.
    ///
    /// # Panics
    ///
    /// If OTP does not end in time.
    pub fn run(&self, modules: &[String]) {
        if let Err(text) = self.try_run(modules) {
            panic!("erl failed: {text}");
        }
    }

    /// As `run`, of programs among which some make the node itself end: these are returned.
    pub fn run_or_end(&self, modules: &[String]) -> Vec<String> {
        let mut ending: Vec<String> = Vec::new();
        loop {
            let left: Vec<String> = modules
                .iter()
                .filter(|module| !ending.contains(module))
                .cloned()
                .collect();
            if self.try_run(&left).is_ok() {
                return ending;
            }
            let unanswered = left.iter().find(|module| self.is_unanswered(module));
            match unanswered {
                Some(module) => ending.push(module.clone()),
                None => return ending,
            }
        }
    }

    fn is_unanswered(&self, module: &str) -> bool {
        let value = self.folder.join(format!("{module}.value"));
        modified(&self.folder.join(format!("{module}.beam"))) > modified(&value)
    }

    fn try_run(&self, modules: &[String]) -> Result<(), String> {
        let names: Vec<_> = modules
            .iter()
            .filter(|module| self.is_unanswered(module))
            .map(|name| format!("\"{name}\""))
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let folder = self.seen(&self.folder);
        let call = format!("oracle:main([{folder:?}, {}]).", names.join(", "));
        let mut command = self.command("erl");
        command.arg("-noshell").arg("-pa").arg(&folder);
        for path in &self.paths {
            command.arg("-pa").arg(path);
        }
        command.args([OsString::from("-eval"), call.into()]);
        let finished = run(&mut command, LIMIT);
        match finished.code {
            Some(0) => Ok(()),
            _ => Err(String::from_utf8_lossy(&finished.stderr).into_owned()),
        }
    }

    /// What OTP said of a module.
    ///
    /// # Panics
    ///
    /// If it was not run.
    pub fn answer(&self, module: &str) -> Expected {
        let read = |extension: &str| {
            let file = self.folder.join(format!("{module}.{extension}"));
            fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
        };
        Expected {
            console: read("console"),
            value: read("value"),
        }
    }
}

/// A version of Elixir.
#[derive(Debug, Clone)]
pub struct Elixir {
    /// The folder that `--elixir` takes.
    pub folder: PathBuf,
    /// The folder of its own modules.
    pub library: PathBuf,
    /// Major and minor version. What a later one compiles may call functions that it lacks.
    pub version: (u32, u32),
}

impl Elixir {
    /// Releases of OTP, each with the version of Elixir that goes with it here.
    pub const OF_RELEASES: [(&'static str, (u32, u32)); 4] = [
        ("23", (1, 10)),
        ("25", (1, 14)),
        ("27", (1, 18)),
        ("29", (1, 20)),
    ];

    /// The Elixir that is installed, if any.
    pub fn installed() -> Option<Elixir> {
        let ask = "IO.puts(:code.lib_dir(:elixir))";
        let output = Command::new("elixir").args(["-e", ask]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        // FOLDER/lib/elixir
        Elixir::at(Path::new(text.trim_end()).ancestors().nth(2)?)
    }

    /// A version that `scripts/elixir-releases.sh` fetched.
    pub fn fetched(version: (u32, u32)) -> Option<Elixir> {
        let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let name = format!("elixir/{}.{}", version.0, version.1);
        let folder = root().join(target).join(name);
        Elixir::at(&folder).filter(|it| it.version == version)
    }

    /// The Elixir in a folder, if there is one.
    fn at(folder: &Path) -> Option<Elixir> {
        let library = folder.join("lib/elixir/ebin");
        let description = fs::read_to_string(library.join("elixir.app")).ok()?;
        let version = description.split("{vsn,").nth(1)?.split('"').nth(1)?;
        let mut numbers = version.split('.').map(str::parse);
        Some(Elixir {
            folder: folder.to_owned(),
            library,
            version: (numbers.next()?.ok()?, numbers.next()?.ok()?),
        })
    }
}

/// When a file was written; the beginning of time if it is not there.
fn modified(file: &Path) -> SystemTime {
    fs::metadata(file)
        .and_then(|data| data.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
