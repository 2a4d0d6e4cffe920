//! Functions of floats that the standard library does not have (or computes in another way than OTP
//! does, which asks the C library): those of the C library where there is one.

#[cfg(all(feature = "std", unix))]
mod functions {
    // SAFETY: C99 declares these with these types. They take and give numbers, and touch no memory but
    // the thread's own `errno`.
    unsafe extern "C" {
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
    }
}

#[cfg(not(all(feature = "std", unix)))]
mod functions {
    pub use libm::{acosh, asinh, atanh, erf, erfc};
}

/// The inverse of the hyperbolic sine.
pub fn asinh(x: f64) -> f64 {
    functions::asinh(x)
}

/// The inverse of the hyperbolic tangent.
pub fn atanh(x: f64) -> f64 {
    functions::atanh(x)
}

/// The error function.
pub fn erf(x: f64) -> f64 {
    functions::erf(x)
}

/// 1 minus the error function, also where that is close to 0.
pub fn erfc(x: f64) -> f64 {
    functions::erfc(x)
}

/// The inverse of the hyperbolic cosine. Below 1 there is none, which `libm` forgets for large negative
/// arguments.
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        f64::NAN
    } else {
        functions::acosh(x)
    }
}
