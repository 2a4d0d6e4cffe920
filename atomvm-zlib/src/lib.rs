//! zlib as the compressor of a VM.
//!
//! There are many ways to deflate the same data, and programs can see which was taken: the compiler
//! derives a module's checksum from its compressed literals. OTP uses zlib, so who wants OTP's bytes
//! needs zlib as well. Inflating has one result only, which the core finds without it.

use atomvm_core::platform::{DeflateError, DeflateSettings, Deflated, Deflater};
use core::ffi::c_int;
use core::mem::{MaybeUninit, size_of};
use libz_sys as sys;

/// zlib on its way through some data.
pub struct Zlib {
    /// zlib's own state points back to this, so it must not move.
    stream: Box<sys::z_stream>,
}

// SAFETY: zlib keeps all of a stream's state in memory that belongs to the stream, and nothing of it
// belongs to a thread.
unsafe impl Send for Zlib {}

/// What a function of zlib returned, if that is no failure.
fn check(result: c_int) -> Result<c_int, DeflateError> {
    match result {
        sys::Z_OK | sys::Z_STREAM_END | sys::Z_BUF_ERROR => Ok(result),
        sys::Z_MEM_ERROR => Err(DeflateError::NoMemory),
        _ => Err(DeflateError::Stream),
    }
}

impl Zlib {
    /// Sets a stream up.
    ///
    /// # Errors
    /// zlib does not know these settings, or there is no memory.
    pub fn new(settings: DeflateSettings) -> Result<Zlib, DeflateError> {
        let mut stream = Box::<sys::z_stream>::new_uninit();
        // SAFETY: of its argument zlib reads the functions for memory and their argument, which may
        // be null, and its input; all of them are zero here. It sets the rest.
        let (result, stream) = unsafe {
            *stream = MaybeUninit::zeroed();
            let result = sys::deflateInit2_(
                stream.as_mut_ptr(),
                settings.level,
                sys::Z_DEFLATED,
                settings.window_bits,
                settings.memory_level,
                settings.strategy,
                sys::zlibVersion(),
                size_of::<sys::z_stream>() as c_int,
            );
            check(result)?;
            (result, stream.assume_init())
        };
        debug_assert_eq!(result, sys::Z_OK);
        Ok(Zlib { stream })
    }
}

impl Drop for Zlib {
    fn drop(&mut self) {
        // SAFETY: the stream was set up by `deflateInit2_`.
        unsafe { sys::deflateEnd(&mut *self.stream) };
    }
}

impl Deflater for Zlib {
    fn deflate(
        &mut self,
        input: &[u8],
        flush: i32,
        out: &mut [u8],
    ) -> Result<Deflated, DeflateError> {
        // zlib counts in 32 bits; who calls goes on with what was not taken.
        let most = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        self.stream.next_in = input.as_ptr().cast_mut();
        self.stream.avail_in = most(input.len());
        self.stream.next_out = out.as_mut_ptr();
        self.stream.avail_out = most(out.len());
        let (before, room) = (self.stream.avail_in, self.stream.avail_out);
        // SAFETY: the stream was set up by `deflateInit2_`; zlib reads `avail_in` bytes of the input,
        // which is as long, and writes at most `avail_out` bytes to `out`.
        let result = check(unsafe { sys::deflate(&mut *self.stream, flush) })?;
        Ok(Deflated {
            taken: (before - self.stream.avail_in) as usize,
            given: (room - self.stream.avail_out) as usize,
            is_end: result == sys::Z_STREAM_END,
        })
    }

    fn set_dictionary(&mut self, bytes: &[u8]) -> Result<u32, DeflateError> {
        let size = u32::try_from(bytes.len()).map_err(|_| DeflateError::Stream)?;
        // SAFETY: the stream was set up by `deflateInit2_`; zlib reads `size` bytes.
        let result = unsafe { sys::deflateSetDictionary(&mut *self.stream, bytes.as_ptr(), size) };
        check(result)?;
        Ok(self.stream.adler as u32)
    }

    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), DeflateError> {
        // What is still to be written has no place to go to: zlib then changes nothing but the
        // parameters, or says that there is something.
        self.stream.avail_in = 0;
        self.stream.avail_out = 0;
        // SAFETY: the stream was set up by `deflateInit2_`; there is nothing to read or to write.
        let result = unsafe { sys::deflateParams(&mut *self.stream, level, strategy) };
        check(result).map(|_| ())
    }

    fn reset(&mut self) -> Result<(), DeflateError> {
        // SAFETY: the stream was set up by `deflateInit2_`.
        check(unsafe { sys::deflateReset(&mut *self.stream) }).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINISH: i32 = 4;

    #[test]
    fn bytes_are_those_of_zlib() {
        let mut zlib = Zlib::new(DeflateSettings::default()).unwrap();
        let mut out = [0; 32];
        let done = zlib.deflate(b"hello", FINISH, &mut out).unwrap();
        assert!(done.is_end && done.taken == 5);
        let expected = [120, 156, 203, 72, 205, 201, 201, 7, 0, 6, 44, 2, 21];
        assert_eq!(out[..done.given], expected);
    }

    #[test]
    fn a_stream_goes_on_where_there_is_room_again() {
        let data: Vec<u8> = (0..100_000_u32)
            .map(|n| (n.wrapping_mul(n) >> 7) as u8)
            .collect();
        let whole = |room: usize| {
            let mut zlib = Zlib::new(DeflateSettings::default()).unwrap();
            let (mut all, mut at) = (Vec::new(), 0);
            loop {
                let mut out = vec![0; room];
                let done = zlib.deflate(&data[at..], FINISH, &mut out).unwrap();
                at += done.taken;
                all.extend_from_slice(&out[..done.given]);
                if done.is_end {
                    return all;
                }
            }
        };
        assert_eq!(whole(7), whole(1 << 20));
    }

    #[test]
    fn wrong_settings_are_refused() {
        let wrong = DeflateSettings {
            window_bits: 99,
            ..DeflateSettings::default()
        };
        assert_eq!(Zlib::new(wrong).err(), Some(DeflateError::Stream));
    }
}
