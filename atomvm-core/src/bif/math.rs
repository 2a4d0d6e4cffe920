//! `math`: functions on floats, with the machine's mathematics where there is a standard library.

use super::{Bif, BifResult, Raise, bif};
use crate::memory::Heap;
use crate::term::arith::float_result;
use crate::term::number::{Number, int_to_float};
use crate::term::{Term, c_math};

/// A function of the standard library's floats, or its equal without a standard library.
macro_rules! native {
    ($std:ident, $libm:ident) => {{
        #[cfg(feature = "std")]
        let function: fn(f64) -> f64 = f64::$std;
        #[cfg(not(feature = "std"))]
        let function: fn(f64) -> f64 = libm::$libm;
        function
    }};
}

/// A function of one argument.
macro_rules! one {
    ($name:literal, $function:expr) => {
        bif("math", $name, 1, |c, a| {
            unary(&mut c.p.heap, a[0], $function)
        })
    };
}

/// A function of two arguments.
macro_rules! two {
    ($name:literal, $function:expr) => {
        bif("math", $name, 2, |c, a| binary(&mut c.p.heap, a, $function))
    };
}

pub(super) const TABLE: &[Bif] = &[
    one!("sin", native!(sin, sin)),
    one!("cos", native!(cos, cos)),
    one!("tan", native!(tan, tan)),
    one!("asin", native!(asin, asin)),
    one!("acos", native!(acos, acos)),
    one!("atan", native!(atan, atan)),
    one!("sinh", native!(sinh, sinh)),
    one!("cosh", native!(cosh, cosh)),
    one!("tanh", native!(tanh, tanh)),
    one!("asinh", c_math::asinh),
    one!("acosh", c_math::acosh),
    one!("atanh", c_math::atanh),
    one!("exp", native!(exp, exp)),
    one!("log", native!(ln, log)),
    one!("log2", native!(log2, log2)),
    one!("log10", native!(log10, log10)),
    one!("sqrt", native!(sqrt, sqrt)),
    one!("erf", c_math::erf),
    one!("erfc", c_math::erfc),
    one!("ceil", libm::ceil),
    one!("floor", libm::floor),
    two!("atan2", atan2),
    two!("pow", pow),
    two!("fmod", libm::fmod),
    bif("math", "pi", 0, |c, _| {
        Ok(c.p.heap.float(core::f64::consts::PI)?)
    }),
    bif("math", "tau", 0, |c, _| {
        Ok(c.p.heap.float(core::f64::consts::TAU)?)
    }),
];

fn atan2(y: f64, x: f64) -> f64 {
    #[cfg(feature = "std")]
    return y.atan2(x);
    #[cfg(not(feature = "std"))]
    return libm::atan2(y, x);
}

fn pow(base: f64, exponent: f64) -> f64 {
    #[cfg(feature = "std")]
    return base.powf(exponent);
    #[cfg(not(feature = "std"))]
    return libm::pow(base, exponent);
}

/// An argument: `badarg` if it is no number, `badarith` if it is too large for a float.
fn argument(term: Term) -> Result<f64, Raise> {
    match term.as_number().ok_or(Raise::BADARG)? {
        Number::Float(f) => Ok(f),
        Number::Int(int) => int_to_float(int).ok_or(Raise::BADARITH),
    }
}

fn unary<H: Heap + ?Sized>(heap: &mut H, a: Term, function: fn(f64) -> f64) -> BifResult {
    float_result(heap, function(argument(a)?))
}

fn binary<H: Heap + ?Sized>(
    heap: &mut H,
    args: &[Term],
    function: fn(f64, f64) -> f64,
) -> BifResult {
    float_result(heap, function(argument(args[0])?, argument(args[1])?))
}
