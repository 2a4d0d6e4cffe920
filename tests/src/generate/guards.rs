//! Guards: tests that cannot raise.

use super::{Generator, Type};

const COMPARISONS: &[&str] = &["==", "/=", "=:=", "=/=", "<", ">", "=<", ">="];

impl Generator {
    /// ` when ...`, or nothing.
    pub(super) fn when(&mut self) -> String {
        match self.c.below(3) {
            2 => format!(" when {}", self.guard()),
            _ => String::new(),
        }
    }

    /// Tests, joined by `,` and `;`.
    pub(super) fn guard(&mut self) -> String {
        let mut text = self.test(2);
        for _ in 0..self.c.below(4).saturating_sub(2) {
            let join = self.one_of(&[",", ";"]);
            text = format!("{text}{join} {}", self.test(2));
        }
        text
    }

    fn test(&mut self, depth: u32) -> String {
        match self.c.below(14) {
            0 => "true".to_owned(),
            1 | 2 => {
                let of = self.some_type();
                let value = self.operand(&of);
                let test = self.one_of(&[
                    "is_integer",
                    "is_list",
                    "is_atom",
                    "is_binary",
                    "is_bitstring",
                    "is_float",
                    "is_number",
                    "is_tuple",
                    "is_map",
                    "is_function",
                    "is_boolean",
                    "is_pid",
                    "is_reference",
                    "is_port",
                ]);
                format!("{test}({value})")
            }
            3..7 => {
                let of = self.simple_type();
                let (left, right) = (self.operand(&of), self.operand(&of));
                format!("{left} {} {right}", self.one_of(COMPARISONS))
            }
            7 | 8 => {
                let (left, right) = (self.sum(2), self.sum(2));
                format!("{left} {} {right}", self.one_of(COMPARISONS))
            }
            9 => {
                let value = self.operand(&Type::Any);
                format!("is_record({value}, r)")
            }
            10 => {
                let of = Type::map(Type::Atom, Type::Int);
                let map = self.operand(&of);
                format!("is_map_key({}, {map})", self.operand(&Type::Atom))
            }
            11 => {
                let of = Type::Fun(vec![Type::Int], Box::new(Type::Int));
                let fun = self.operand(&of);
                format!("is_function({fun}, {})", self.c.below(3))
            }
            _ if depth == 0 => self.operand(&Type::Bool),
            12 => {
                let join = self.one_of(&["andalso", "orelse", "and", "or", "xor"]);
                format!(
                    "({}) {join} ({})",
                    self.test(depth - 1),
                    self.test(depth - 1)
                )
            }
            _ => format!("not ({})", self.test(depth - 1)),
        }
    }

    /// A variable or a constant.
    pub(super) fn operand(&mut self, of: &Type) -> String {
        if self.c.below(3) > 0
            && let Some(name) = self.variable(of)
        {
            return name;
        }
        match of {
            Type::Fun(..) | Type::Record => "x".to_owned(),
            _ => self.literal(of),
        }
    }

    /// An integer, by what guards may call.
    pub(super) fn sum(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.operand(&Type::Int);
        }
        match self.c.below(14) {
            0..3 => self.operand(&Type::Int),
            3..6 => {
                let join = self.one_of(&["+", "-", "*", "div", "rem", "band", "bor", "bxor"]);
                format!("({} {join} {})", self.sum(depth - 1), self.sum(depth - 1))
            }
            6 => format!("length({})", self.operand(&Type::list(Type::Int))),
            7 => format!("byte_size({})", self.operand(&Type::Binary)),
            8 => format!("bit_size({})", self.operand(&Type::Bits)),
            9 => format!("abs({})", self.sum(depth - 1)),
            10 => {
                let name = self.one_of(&["trunc", "round", "floor", "ceil"]);
                format!("{name}({})", self.operand(&Type::Float))
            }
            11 => format!(
                "map_size({})",
                self.operand(&Type::map(Type::Atom, Type::Int))
            ),
            12 => format!("hd({})", self.operand(&Type::list(Type::Int))),
            _ => {
                let of = Type::Tuple(vec![Type::Int, Type::Atom, Type::Any]);
                let at = self.c.below(4);
                format!("element({at}, {})", self.operand(&of))
            }
        }
    }
}
