//! Values from the types of Rust, and back.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a value is the embedder's, in memory that no VM counts"
)]

use super::{Value, ValueError};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Value {
                match i64::try_from(value) {
                    Ok(value) => Value::Integer(value),
                    Err(_) => Value::BigInteger(BigInt::from(value)),
                }
            }
        }

        impl TryFrom<Value> for $type {
            type Error = ValueError;

            fn try_from(value: Value) -> Result<$type, ValueError> {
                const EXPECTED: ValueError = ValueError::Expected(concat!("an integer of type ", stringify!($type)));
                match value {
                    Value::Integer(value) => <$type>::try_from(value).map_err(|_| EXPECTED),
                    Value::BigInteger(value) => <$type>::try_from(value).map_err(|_| EXPECTED),
                    _ => Err(EXPECTED),
                }
            }
        }
    )*};
}

integers!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

/// Small values become [`Value::Integer`].
impl From<BigInt> for Value {
    fn from(value: BigInt) -> Value {
        match value.to_i64() {
            Some(value) => Value::Integer(value),
            None => Value::BigInteger(value),
        }
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl From<f32> for Value {
    fn from(value: f32) -> Value {
        Value::Float(value.into())
    }
}

/// The atom `true` or `false`.
impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::atom(if value { "true" } else { "false" })
    }
}

/// A binary in UTF-8.
impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Binary(value.into())
    }
}

/// A binary in UTF-8.
impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Binary(value.into_bytes())
    }
}

/// A binary.
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Value {
        Value::Binary(value.into())
    }
}

/// A binary.
impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Value {
        Value::Binary(value.to_vec())
    }
}

/// A list. For a binary see [`Value::binary`].
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value::List(values.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<Value>, V: Into<Value>> From<BTreeMap<K, V>> for Value {
    fn from(map: BTreeMap<K, V>) -> Value {
        Value::map(map)
    }
}

impl TryFrom<Value> for BigInt {
    type Error = ValueError;

    fn try_from(value: Value) -> Result<BigInt, ValueError> {
        match value {
            Value::Integer(value) => Ok(value.into()),
            Value::BigInteger(value) => Ok(value),
            _ => Err(ValueError::Expected("an integer")),
        }
    }
}

/// The value of a float or of an integer of at most 64 bits.
impl TryFrom<Value> for f64 {
    type Error = ValueError;

    fn try_from(value: Value) -> Result<f64, ValueError> {
        value.as_float().ok_or(ValueError::Expected("a number"))
    }
}

impl TryFrom<Value> for bool {
    type Error = ValueError;

    fn try_from(value: Value) -> Result<bool, ValueError> {
        value.as_bool().ok_or(ValueError::Expected("a boolean"))
    }
}

/// The text of a binary in UTF-8, or of a list of characters.
impl TryFrom<Value> for String {
    type Error = ValueError;

    fn try_from(value: Value) -> Result<String, ValueError> {
        value.to_text().ok_or(ValueError::Expected("a text"))
    }
}

/// The elements of a list.
impl<T: TryFrom<Value, Error = ValueError>> TryFrom<Value> for Vec<T> {
    type Error = ValueError;

    fn try_from(value: Value) -> Result<Vec<T>, ValueError> {
        match value {
            Value::List(values) => values.into_iter().map(T::try_from).collect(),
            _ => Err(ValueError::Expected("a list")),
        }
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident)*;)*) => {$(
        impl<$($name: Into<Value>),*> From<($($name,)*)> for Value {
            fn from(value: ($($name,)*)) -> Value {
                #[allow(non_snake_case)]
                let ($($name,)*) = value;
                Value::Tuple(alloc::vec![$($name.into()),*])
            }
        }

        impl<$($name: TryFrom<Value, Error = ValueError>),*> TryFrom<Value> for ($($name,)*) {
            type Error = ValueError;

            fn try_from(value: Value) -> Result<Self, ValueError> {
                const EXPECTED: ValueError = ValueError::Expected(concat!("a tuple of size ", $count));
                let Value::Tuple(elements) = value else {
                    return Err(EXPECTED);
                };
                if elements.len() != $count {
                    return Err(EXPECTED);
                }
                let mut elements = elements.into_iter();
                Ok(($($name::try_from(elements.next().ok_or(EXPECTED)?)?,)*))
            }
        }
    )*};
}

tuples! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
}
