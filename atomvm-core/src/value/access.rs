//! Looking into values.
#![expect(
    clippy::disallowed_methods,
    reason = "a value is the embedder's, in memory that no VM counts"
)]

use super::Value;
use alloc::string::String;
use alloc::vec::Vec;

impl Value {
    /// An atom.
    pub fn atom(name: &str) -> Value {
        Value::Atom(name.into())
    }

    /// A binary.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Value {
        Value::Binary(bytes.into())
    }

    /// A list of the characters of `text`, as a string literal of Erlang makes it.
    pub fn string(text: &str) -> Value {
        let chars = text.chars().map(|c| Value::Integer(c as i64));
        Value::List(chars.collect())
    }

    /// A map.
    pub fn map(pairs: impl IntoIterator<Item = (impl Into<Value>, impl Into<Value>)>) -> Value {
        let pairs = pairs.into_iter();
        Value::Map(pairs.map(|(k, v)| (k.into(), v.into())).collect())
    }

    /// The value of an integer of at most 64 bits.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a float, or of an integer of at most 64 bits as a float.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            Value::Integer(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// The name of an atom.
    pub fn as_atom(&self) -> Option<&str> {
        match self {
            Value::Atom(name) => Some(name),
            _ => None,
        }
    }

    /// The truth value of the atoms `true` and `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.as_atom()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The bytes of a binary.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The text of a binary that is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(self.as_bytes()?).ok()
    }

    /// The elements of a proper list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The elements of a tuple.
    pub fn as_tuple(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// Keys and values of a map.
    pub fn as_map(&self) -> Option<&[(Value, Value)]> {
        match self {
            Value::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value of a map's key.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        let pair = self.as_map()?.iter().find(|(k, _)| k == key)?;
        Some(&pair.1)
    }

    /// The text of a binary in UTF-8, or of a list of characters.
    pub fn to_text(&self) -> Option<String> {
        if let Some(text) = self.as_str() {
            return Some(text.into());
        }
        let char_of = |v: &Value| char::from_u32(u32::try_from(v.as_integer()?).ok()?);
        self.as_list()?.iter().map(char_of).collect()
    }
}
