//! A VM as other threads of the host hold it.

use super::error::Error;
use super::{Runtime, Vm};
use crate::memory::Fragment;
use crate::memory::fallible::with_room;
use crate::process::spawn::{SpawnOptions, Start};
use crate::sync::Arc;
use crate::value::Value;

/// Starts processes in a VM that runs on another thread. It keeps the memory of the VM.
#[derive(Clone)]
pub struct Handle(Arc<Runtime>);

impl Vm {
    /// A handle for other threads.
    pub fn handle(&self) -> Handle {
        Handle(self.rt.clone())
    }
}

impl Handle {
    /// Starts a process that calls a function. Its output goes where the program's does.
    ///
    /// # Errors
    /// There is no memory, or a limit is reached.
    pub fn spawn(&self, module: &str, function: &str, args: &[Value]) -> Result<(), Error> {
        let rt = &*self.0;
        let mut place = Fragment::new(&rt.budget);
        let mut terms = with_room(args.len())?;
        for arg in args {
            terms.push(super::convert::term(rt, arg, &mut place)?);
        }
        let start = Start::Call {
            module: rt.atoms.intern(module)?,
            function: rt.atoms.intern(function)?,
            args: &terms,
        };
        let user = rt.atoms.find("user");
        let options = SpawnOptions {
            group_leader: user.and_then(|user| rt.names.whereis(user)),
            ..SpawnOptions::default()
        };
        rt.spawn(None, start, &options)?;
        Ok(())
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn other_threads_start_processes() {
        fn is_shared<T: Send + Sync>(_: &T) {}
        let mut vm = Vm::builder().build().unwrap();
        let handle = vm.handle();
        is_shared(&handle);
        let three = [Value::from(3)];
        let thread = std::thread::spawn(move || handle.spawn("erlang", "halt", &three));
        assert!(thread.join().unwrap().is_ok());
        let waited = vm.call("erlang", "node", &[]);
        assert!(matches!(waited, Err(Error::Halted(3))));
    }
}
