//! Random Erlang programs, mostly well typed, that say on this VM what they say on OTP.
//!
//! A [`Unit`] is a function and its helpers. It follows from a list of choices, so what differs is
//! made simpler by trying simpler lists (`choices`). Some hundred units make a module, which OTP
//! compiles; `tests/support/generated.erl` calls each with several arguments.

mod bits;
mod choices;
mod control;
mod guards;
mod literals;
mod numbers;
mod patterns;
mod run;
mod sequences;
mod shrink;
mod terms;
mod types;

pub use choices::{Choices, Span};
pub use run::{Difference, Options, Runner};
pub use shrink::shrink;
pub use types::Type;

/// Expressions within expressions.
const DEPTH: u32 = 6;

/// Expressions of one unit, about.
const SIZE: i32 = 60;

/// The parameters of a unit's function. `tests/support/generated.erl` has values for them.
fn parameters() -> Vec<(String, Type)> {
    let all = [
        ("I", Type::Int),
        ("J", Type::Int),
        ("F", Type::Float),
        ("A", Type::Atom),
        ("B", Type::Binary),
        ("S", Type::Bits),
        ("L", Type::list(Type::Int)),
        ("T", Type::Tuple(vec![Type::Int, Type::Atom, Type::Any])),
        ("M", Type::map(Type::Atom, Type::Int)),
        ("X", Type::Any),
    ];
    all.into_iter()
        .map(|(name, of)| (name.to_owned(), of))
        .collect()
}

/// A function to call and its helpers.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// All that it follows from.
    pub choices: Vec<u32>,
    /// The choices of each expression.
    pub spans: Vec<Span>,
    /// Its text.
    pub text: String,
}

impl Unit {
    /// The unit that follows from these choices.
    pub fn new(name: &str, choices: Choices) -> Unit {
        let mut generator = Generator {
            c: choices,
            name: name.to_owned(),
            scope: Vec::new(),
            variables: 0,
            depth: 0,
            left: SIZE,
            helpers: Vec::new(),
            texts: Vec::new(),
            looping: None,
            outside: None,
        };
        let function = generator.function();
        let mut texts = generator.texts;
        texts.push(function);
        let (choices, spans) = generator.c.finish();
        Unit {
            name: name.to_owned(),
            choices,
            spans,
            text: texts.join("\n"),
        }
    }
}

/// A function that others of the unit may call, with the fuel it needs first.
#[derive(Debug, Clone)]
struct Helper {
    name: String,
    args: Vec<Type>,
    result: Type,
}

/// Writes expressions.
struct Generator {
    c: Choices,
    name: String,
    /// The variables that are bound.
    scope: Vec<(String, Type)>,
    /// How many have been made.
    variables: u32,
    depth: u32,
    /// How much more may be written.
    left: i32,
    helpers: Vec<Helper>,
    texts: Vec<String>,
    /// The helper whose body is being written.
    looping: Option<Helper>,
    /// While patterns are written: how many variables are bound outside of them.
    outside: Option<usize>,
}

impl Generator {
    fn function(&mut self) -> String {
        let parameters = parameters();
        let name = self.name.clone();
        let mut clauses = Vec::new();
        for _ in 0..self.c.below(4).saturating_sub(1) {
            self.scope.clear();
            let heads = self.patterns(|g| {
                let one = |(name, of): &(String, Type)| match g.c.below(4) {
                    3 => g.pattern(of, 1),
                    _ => {
                        g.scope.push((name.clone(), of.clone()));
                        name.clone()
                    }
                };
                parameters.iter().map(one).collect::<Vec<_>>()
            });
            let guard = self.when();
            let body = self.body(&Type::Any);
            clauses.push(format!("{name}({}){guard} ->\n{body}", heads.join(", ")));
        }
        self.scope = parameters.clone();
        let heads: Vec<_> = parameters.iter().map(|(name, _)| name.as_str()).collect();
        let body = self.body(&Type::Any);
        clauses.push(format!("{name}({}) ->\n{body}", heads.join(", ")));
        clauses.join(";\n") + ".\n"
    }

    /// A new variable of this kind, bound from now on.
    fn bind(&mut self, of: &Type) -> String {
        let name = self.fresh();
        self.scope.push((name.clone(), of.clone()));
        name
    }

    /// A name that nothing else has.
    fn fresh(&mut self) -> String {
        self.variables += 1;
        format!("V{}", self.variables)
    }

    /// A bound variable of this kind.
    fn variable(&mut self, of: &Type) -> Option<String> {
        self.variable_among(of, |_| true)
    }

    /// One of those whose place in the scope `is_meant`.
    fn variable_among(&mut self, of: &Type, is_meant: impl Fn(usize) -> bool) -> Option<String> {
        let fits =
            |it: &Type| it == of || *of == Type::Any || (*of == Type::Bits && *it == Type::Binary);
        let names: Vec<_> = self
            .scope
            .iter()
            .enumerate()
            .rev()
            .filter(|(place, (_, it))| fits(it) && is_meant(*place))
            .map(|(_, (name, _))| name.clone())
            .collect();
        if names.is_empty() {
            return None;
        }
        let at = self.c.below(names.len() as u32) as usize;
        Some(names[at].clone())
    }

    fn one_of(&mut self, all: &[&str]) -> String {
        all[self.c.below(all.len() as u32) as usize].to_owned()
    }

    /// The patterns that `write` writes: together, as those of a function's head.
    fn patterns<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.outside.or(Some(self.scope.len()));
        let before = std::mem::replace(&mut self.outside, outside);
        let result = write(self);
        self.outside = before;
        result
    }

    /// A variable that the patterns may take a value from: bound outside of them, or from place
    /// `from` on.
    fn known_variable(&mut self, of: &Type, from: usize) -> Option<String> {
        let outside = self.outside.unwrap_or(0);
        self.variable_among(of, |place| place < outside || place >= from)
    }

    /// What `write` writes, with the variables that it binds forgotten again.
    fn scoped<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let bound = self.scope.len();
        let result = write(self);
        self.scope.truncate(bound);
        result
    }

    /// Some kind of value.
    fn some_type(&mut self) -> Type {
        match self.c.below(18) {
            0 | 1 => Type::Int,
            2 => Type::Any,
            3 => Type::Float,
            4 => Type::Atom,
            5 => Type::Bool,
            6 | 7 => Type::Binary,
            8 | 9 => Type::Bits,
            10 => Type::Text,
            11 | 12 => Type::list(Type::Int),
            13 => Type::list(Type::Any),
            14 => {
                let size = self.c.below(4);
                Type::Tuple((0..size).map(|_| self.simple_type()).collect())
            }
            15 => Type::map(self.simple_type(), self.simple_type()),
            16 => Type::Record,
            _ => {
                let size = self.c.below(3);
                let args = (0..size).map(|_| self.simple_type()).collect();
                Type::Fun(args, Box::new(self.simple_type()))
            }
        }
    }

    /// Some kind of value that has no parts of kinds.
    fn simple_type(&mut self) -> Type {
        match self.c.below(9) {
            0 => Type::Any,
            1 => Type::Int,
            2 => Type::Atom,
            3 => Type::Float,
            4 => Type::Binary,
            5 => Type::Text,
            6 => Type::Bits,
            7 => Type::list(Type::Int),
            _ => Type::Bool,
        }
    }

    /// An expression of this kind.
    fn expression(&mut self, of: &Type) -> String {
        let span = self.c.open(of);
        let text = self.some_expression(of);
        self.c.close(span);
        text
    }

    fn some_expression(&mut self, of: &Type) -> String {
        let deep = self.depth >= DEPTH || self.left <= 0;
        let choice = self
            .c
            .below_as(100, |it| if deep && it >= 30 { 1 + it % 29 } else { it });
        if choice == 0 {
            return of.simplest();
        }
        self.left -= 1;
        self.depth += 1;
        let text = match choice {
            1..20 => match self.variable(of) {
                Some(name) => name,
                None => self.literal(of),
            },
            20..30 => self.literal(of),
            30..58 => self.control(of),
            _ => self.operation(of),
        };
        self.depth -= 1;
        text
    }

    /// A constant of this kind.
    fn literal(&mut self, of: &Type) -> String {
        match of {
            Type::Int => self.one_of(literals::INTEGERS),
            Type::Float => self.one_of(literals::FLOATS),
            Type::Atom => self.one_of(literals::ATOMS),
            Type::Bool => self.one_of(&["false", "true"]),
            Type::Binary => self.one_of(literals::BINARIES),
            Type::Bits => self.one_of(literals::BIT_STRINGS),
            Type::Text => self.one_of(literals::TEXTS),
            Type::Any => self.one_of(literals::ANYTHING),
            Type::List(of) => {
                let size = self.c.below(5);
                let parts: Vec<_> = (0..size).map(|_| self.literal(of)).collect();
                format!("[{}]", parts.join(", "))
            }
            Type::Tuple(of) => {
                let parts: Vec<_> = of.iter().map(|it| self.literal(it)).collect();
                format!("{{{}}}", parts.join(", "))
            }
            Type::Map(key, value) => {
                let size = self.c.below(4);
                let parts: Vec<_> = (0..size)
                    .map(|_| format!("{} => {}", self.literal(key), self.literal(value)))
                    .collect();
                format!("#{{{}}}", parts.join(", "))
            }
            Type::Fun(..) | Type::Record => of.simplest(),
        }
    }

    /// Something that computes a value of this kind.
    fn operation(&mut self, of: &Type) -> String {
        match of {
            Type::Int => self.integer(),
            Type::Float => self.float(),
            Type::Bool => self.boolean(),
            Type::Atom => self.atom(),
            Type::Binary => self.binary(),
            Type::Bits => self.bits(),
            Type::Text => self.text(),
            Type::List(of) => self.list(of),
            Type::Tuple(of) => self.tuple(of),
            Type::Map(key, value) => self.map(key, value),
            Type::Fun(args, result) => self.fun(args, result),
            Type::Record => self.record(),
            Type::Any => self.anything(),
        }
    }
}
