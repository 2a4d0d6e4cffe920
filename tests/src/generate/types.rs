//! Kinds of values.

/// What kind of value an expression has, if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Any of them.
    Any,
    /// An integer of any size.
    Int,
    /// A float.
    Float,
    /// An atom.
    Atom,
    /// `true` or `false`.
    Bool,
    /// A binary.
    Binary,
    /// A bit string.
    Bits,
    /// A list of characters.
    Text,
    /// A proper list of such values.
    List(Box<Type>),
    /// A tuple of these.
    Tuple(Vec<Type>),
    /// A map from values of one kind to values of another.
    Map(Box<Type>, Box<Type>),
    /// A fun.
    Fun(Vec<Type>, Box<Type>),
    /// The record `#r{a :: integer(), b :: any(), c :: [integer()]}`.
    Record,
}

impl Type {
    /// A list of such values.
    pub fn list(of: Type) -> Type {
        Type::List(Box::new(of))
    }

    /// A map.
    pub fn map(from: Type, to: Type) -> Type {
        Type::Map(Box::new(from), Box::new(to))
    }

    /// The simplest expression of this kind.
    pub fn simplest(&self) -> String {
        match self {
            Type::Any | Type::Text | Type::List(_) => "[]".to_owned(),
            Type::Int => "0".to_owned(),
            Type::Float => "0.0".to_owned(),
            Type::Atom => "a".to_owned(),
            Type::Bool => "false".to_owned(),
            Type::Binary | Type::Bits => "<<>>".to_owned(),
            Type::Tuple(of) => {
                let parts: Vec<_> = of.iter().map(Type::simplest).collect();
                format!("{{{}}}", parts.join(", "))
            }
            Type::Map(..) => "#{}".to_owned(),
            Type::Fun(args, result) => {
                let args = vec!["_"; args.len()].join(", ");
                format!("fun({args}) -> {} end", result.simplest())
            }
            Type::Record => "#r{}".to_owned(),
        }
    }

    /// The test of a guard for values of this kind, as far as there is one.
    pub fn test(&self) -> Option<&'static str> {
        Some(match self {
            Type::Any => return None,
            Type::Int => "is_integer",
            Type::Float => "is_float",
            Type::Atom => "is_atom",
            Type::Bool => "is_boolean",
            Type::Binary => "is_binary",
            Type::Bits => "is_bitstring",
            Type::Text | Type::List(_) => "is_list",
            Type::Tuple(_) | Type::Record => "is_tuple",
            Type::Map(..) => "is_map",
            Type::Fun(..) => "is_function",
        })
    }
}
