//! The time-out of a receive.

use super::Process;
use crate::memory::OutOfMemory;
use crate::vm::Runtime;

/// When the current receive gives up: the number of its timer.
#[derive(Clone, Copy, Default, Debug)]
pub struct ReceiveTimer(u64);

/// No time-out was set yet.
const UNSET: u64 = 0;
/// The receive never gives up.
const NEVER: u64 = u64::MAX;

impl Process {
    /// Sets the time-out of the current receive to `milliseconds` from now (`None`: never).
    /// Does nothing when it is set already, as a receive that looks at further messages must not
    /// start anew.
    ///
    /// # Errors
    /// There is no memory.
    pub fn set_receive_timeout(
        &mut self,
        rt: &Runtime,
        milliseconds: Option<u64>,
    ) -> Result<(), OutOfMemory> {
        if self.has_receive_timeout() {
            return Ok(());
        }
        let Some(milliseconds) = milliseconds else {
            self.receive_timer = ReceiveTimer(NEVER);
            return Ok(());
        };
        let nanoseconds = milliseconds.saturating_mul(1_000_000);
        let deadline = rt.now().saturating_add(nanoseconds).max(1);
        let timer = rt.timers.start_receive(deadline, self.number())?;
        self.receive_timer = ReceiveTimer(timer);
        Ok(())
    }

    /// Was the time-out of the current receive set?
    pub fn has_receive_timeout(&self) -> bool {
        self.receive_timer.0 != UNSET
    }

    /// Is the time of the current receive over?
    pub fn receive_timed_out(&self, rt: &Runtime) -> bool {
        match self.receive_timer.0 {
            UNSET | NEVER => false,
            // Its timer is gone when it has expired.
            _ => self
                .receive_deadline(rt)
                .is_none_or(|deadline| rt.now() >= deadline),
        }
    }

    /// The moment when the current receive gives up, in nanoseconds of the platform's clock;
    /// `None` for never, and when the time is over.
    pub fn receive_deadline(&self, rt: &Runtime) -> Option<u64> {
        rt.timers.receive_deadline(self.receive_timer.0)
    }

    /// Ends the time-out: a message was taken, or the time is over.
    pub fn clear_receive_timeout(&mut self, rt: &Runtime) {
        let ReceiveTimer(timer) = core::mem::take(&mut self.receive_timer);
        if timer != UNSET && timer != NEVER {
            rt.timers.cancel_receive(timer);
        }
    }
}
