//! Patterns, which bind variables.

use super::{Generator, Type};

impl Generator {
    /// A pattern for values of this kind. Its variables are bound from now on.
    pub(super) fn pattern(&mut self, of: &Type, depth: u32) -> String {
        self.patterns(|g| g.some_pattern(of, depth))
    }

    fn some_pattern(&mut self, of: &Type, depth: u32) -> String {
        match self.c.below(12) {
            0 => "_".to_owned(),
            1 | 2 => self.bind(of),
            3 => match self.variable(of) {
                Some(name) => name,
                None => "_".to_owned(),
            },
            4 => {
                let pattern = self.structure(of, depth);
                format!("{pattern} = {}", self.bind(of))
            }
            _ => self.structure(of, depth),
        }
    }

    fn structure(&mut self, of: &Type, depth: u32) -> String {
        if depth == 0 {
            return self.bind(of);
        }
        match of {
            Type::Int | Type::Float | Type::Atom | Type::Bool => self.literal(of),
            Type::Binary | Type::Bits => self.bit_pattern(*of == Type::Binary),
            Type::Text => {
                if self.c.below(2) == 0 {
                    return self.list_pattern(&Type::Int, depth);
                }
                let prefix = self.one_of(&["\"h\"", "\"he\"", "\"1\"", "\"\""]);
                format!("{prefix} ++ {}", self.bind(&Type::Text))
            }
            Type::List(of) => self.list_pattern(of, depth),
            Type::Tuple(of) => {
                let parts: Vec<_> = of.iter().map(|it| self.pattern(it, depth - 1)).collect();
                format!("{{{}}}", parts.join(", "))
            }
            Type::Map(key, value) => {
                let count = self.c.below(3);
                let parts: Vec<_> = (0..count)
                    .map(|_| {
                        let known = match self.c.below(2) {
                            0 => None,
                            _ => self.known_variable(key, usize::MAX),
                        };
                        let key = known.unwrap_or_else(|| self.literal(key));
                        format!("{key} := {}", self.pattern(value, depth - 1))
                    })
                    .collect();
                format!("#{{{}}}", parts.join(", "))
            }
            Type::Fun(..) => self.bind(of),
            Type::Record => {
                let parts = [
                    ("a", Type::Int),
                    ("b", Type::Any),
                    ("c", Type::list(Type::Int)),
                ];
                let mut fields = Vec::new();
                for (field, of) in parts {
                    if self.c.below(2) == 1 {
                        fields.push(format!("{field} = {}", self.pattern(&of, depth - 1)));
                    }
                }
                format!("#r{{{}}}", fields.join(", "))
            }
            Type::Any => match self.c.below(4) {
                0 => self.literal(of).replace(" => ", " := "),
                1 => format!(
                    "{{{}, {}}}",
                    self.pattern(&Type::Any, depth - 1),
                    self.pattern(&Type::Any, depth - 1)
                ),
                2 => format!(
                    "[{} | {}]",
                    self.pattern(&Type::Any, depth - 1),
                    self.pattern(&Type::Any, depth - 1)
                ),
                _ => {
                    let kind = self.some_type();
                    self.structure(&kind, depth - 1)
                }
            },
        }
    }

    fn list_pattern(&mut self, of: &Type, depth: u32) -> String {
        let rest = Type::list(of.clone());
        let count = self.c.below(4);
        let parts: Vec<_> = (0..count).map(|_| self.pattern(of, depth - 1)).collect();
        match self.c.below(3) {
            0 => format!("[{}]", parts.join(", ")),
            _ if parts.is_empty() => self.bind(&rest),
            1 => format!("[{} | {}]", parts.join(", "), self.bind(&rest)),
            _ => format!("[{} | _]", parts.join(", ")),
        }
    }
}
