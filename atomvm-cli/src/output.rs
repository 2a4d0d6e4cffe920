//! What goes to standard output.

use atomvm_core::platform::Stream;
use signal_hook::consts::SIGPIPE;
use std::io::{ErrorKind, Write};

/// Writes at once what a program says. Where nobody reads it any more, the command ends as other
/// programs do: by the signal that says so.
pub fn write(stream: Stream, bytes: &[u8]) {
    let written = match stream {
        Stream::Output => {
            let mut out = std::io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        Stream::Error => std::io::stderr().lock().write_all(bytes),
    };
    if let Err(error) = written
        && error.kind() == ErrorKind::BrokenPipe
        && stream == Stream::Output
    {
        let _ = signal_hook::low_level::emulate_default_handler(SIGPIPE);
        std::process::exit(128 + SIGPIPE);
    }
}
