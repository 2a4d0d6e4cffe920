//! Signals: those that ask the command to end, and those that the program has said something of.

use atomvm_core::value::Value;
use atomvm_core::vm::Handle;
use atomvm_host::{SetSignal, SignalUse};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN,
    SIGTTOU, SIGUSR1, SIGUSR2,
};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

/// The signal that has stopped the VM.
static STOPPED_BY: AtomicI32 = AtomicI32::new(0);

/// The signals of `os:set_signal/2`.
const NAMES: [(&str, i32); 12] = [
    ("sigabrt", SIGABRT),
    ("sigalrm", SIGALRM),
    ("sigchld", SIGCHLD),
    ("sigcont", SIGCONT),
    ("sighup", SIGHUP),
    ("sigquit", SIGQUIT),
    ("sigterm", SIGTERM),
    ("sigtstp", SIGTSTP),
    ("sigttin", SIGTTIN),
    ("sigttou", SIGTTOU),
    ("sigusr1", SIGUSR1),
    ("sigusr2", SIGUSR2),
];

/// What the program wants of signals, and its VM.
static WANTED: Mutex<Wanted> = Mutex::new(Wanted {
    vm: None,
    uses: Vec::new(),
    caught: Vec::new(),
});

struct Wanted {
    vm: Option<Handle>,
    uses: Vec<(i32, SignalUse)>,
    /// The signals that have a thread that waits for them.
    caught: Vec<i32>,
}

fn wanted<T>(of: impl FnOnce(&mut Wanted) -> T) -> T {
    of(&mut WANTED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the VM's `os:set_signal/2` does.
pub fn by_program() -> SetSignal {
    SetSignal::new(|name, how| {
        // Nobody can change what becomes of it, but OTP lets one ask for it.
        if name == "sigstop" {
            return true;
        }
        let Some(&(_, signal)) = NAMES.iter().find(|(known, _)| *known == name) else {
            return false;
        };
        let vm = wanted(|wanted| {
            wanted.uses.retain(|(of, _)| *of != signal);
            wanted.uses.push((signal, how));
            let is_new = !wanted.caught.contains(&signal) && how != SignalUse::Default;
            wanted.vm.clone().filter(|_| is_new)
        });
        if let Some(vm) = vm {
            on(&[signal], &vm, |_, signal| end_by(signal));
        }
        true
    })
}

/// Does what the program wants with a signal, if it has said something of it.
fn as_wanted(vm: &Handle, signal: i32) -> bool {
    let how = wanted(|wanted| {
        let mut uses = wanted.uses.iter();
        uses.find(|(of, _)| *of == signal).map(|(_, how)| *how)
    });
    match how {
        None => return false,
        Some(SignalUse::Ignore) => {}
        Some(SignalUse::Default) => {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
        Some(SignalUse::Handle) => {
            let name = NAMES.iter().find(|(_, of)| *of == signal);
            let name = Value::atom(name.map_or("", |(name, _)| name));
            let told = [Value::atom("erl_signal_server"), name];
            let _ = vm.spawn("gen_event", "notify", &told);
        }
    }
    true
}

/// Lets a signal stop the VM's applications in order, and then the VM. A second one ends the command
/// at once.
pub fn stop_on(vm: &Handle) {
    on(&[SIGINT, SIGTERM, SIGHUP], vm, |vm, signal| {
        if STOPPED_BY.swap(signal, Ordering::SeqCst) != 0 {
            end_by(signal);
        }
        if vm.spawn("init", "stop", &[]).is_err() {
            end_by(signal);
        }
    });
}

/// Lets an interrupt end what the shell evaluates. The other signals stop the VM as those of
/// [`stop_on`], a second one at once.
pub fn interrupt_on(vm: &Handle) {
    on(&[SIGINT], vm, |vm, _| {
        let _ = vm.spawn("atomvm_shell", "interrupt", &[]);
    });
    let is_stopping = AtomicBool::new(false);
    on(&[SIGTERM, SIGHUP], vm, move |vm, signal| {
        let again = is_stopping.swap(true, Ordering::SeqCst);
        if again || vm.spawn("init", "stop", &[]).is_err() {
            end_by(signal);
        }
    });
}

/// Does what the program wants with signals, or `act`, when it has said nothing of them.
fn on(signals: &[i32], vm: &Handle, act: impl Fn(&Handle, i32) + Send + 'static) {
    // Without a handler the signal ends the command.
    if let Ok(mut caught) = Signals::new(signals) {
        let vm = vm.clone();
        wanted(|wanted| {
            wanted.vm = Some(vm.clone());
            wanted.caught.extend_from_slice(signals);
        });
        std::thread::spawn(move || {
            for signal in caught.forever() {
                if !as_wanted(&vm, signal) {
                    act(&vm, signal);
                }
            }
        });
    }
}

fn end_by(signal: i32) -> ! {
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(128 + signal)
}

/// The exit code of a program that stopped the VM with `status`: that of an interrupt, if the VM was
/// stopped for it. As with OTP, to be terminated is no failure.
pub fn status(status: i32) -> u8 {
    match STOPPED_BY.load(Ordering::SeqCst) {
        signal @ (SIGINT | SIGHUP) if status == 0 => 128 + signal as u8,
        _ => status as u8,
    }
}
