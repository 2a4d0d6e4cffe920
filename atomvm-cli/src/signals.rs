//! Signals that ask the command to end.

use atomvm_core::vm::Handle;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The signal that has stopped the VM.
static STOPPED_BY: AtomicI32 = AtomicI32::new(0);

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

fn on(signals: &[i32], vm: &Handle, act: impl Fn(&Handle, i32) + Send + 'static) {
    // Without a handler the signal ends the command.
    if let Ok(mut signals) = Signals::new(signals) {
        let vm = vm.clone();
        std::thread::spawn(move || {
            for signal in signals.forever() {
                act(&vm, signal);
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
