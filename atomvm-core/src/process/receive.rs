//! The time-out of a receive.

use super::Process;
use crate::memory::OutOfMemory;
use crate::vm::Runtime;

/// When the current receive gives up. `deadline` 0 means that no time-out was set yet.
#[derive(Clone, Copy, Default, Debug)]
pub struct ReceiveTimer {
    /// Nanoseconds of the platform's clock; `u64::MAX` for never.
    deadline: u64,
    /// Its place among the VM's timers; 0 when it is not among them.
    timer: u64,
}

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
        if self.receive_timer.deadline != 0 {
            return Ok(());
        }
        let Some(milliseconds) = milliseconds else {
            self.receive_timer.deadline = u64::MAX;
            return Ok(());
        };
        let nanoseconds = milliseconds.saturating_mul(1_000_000);
        let deadline = rt.now().saturating_add(nanoseconds).max(1);
        self.receive_timer = ReceiveTimer {
            deadline,
            timer: rt.timers.start_receive(deadline, self.number())?,
        };
        Ok(())
    }

    /// Was the time-out of the current receive set?
    pub fn has_receive_timeout(&self) -> bool {
        self.receive_timer.deadline != 0
    }

    /// Is the time of the current receive over?
    pub fn receive_timed_out(&self, rt: &Runtime) -> bool {
        match self.receive_timer.deadline {
            0 | u64::MAX => false,
            deadline => rt.now() >= deadline,
        }
    }

    /// The moment when the current receive gives up, in nanoseconds of the platform's clock.
    pub fn receive_deadline(&self) -> Option<u64> {
        match self.receive_timer.deadline {
            0 | u64::MAX => None,
            deadline => Some(deadline),
        }
    }

    /// Ends the time-out: a message was taken, or the time is over.
    pub fn clear_receive_timeout(&mut self, rt: &Runtime) {
        let ReceiveTimer { timer, .. } = core::mem::take(&mut self.receive_timer);
        if timer != 0 {
            rt.timers.cancel_receive(timer);
        }
    }
}
