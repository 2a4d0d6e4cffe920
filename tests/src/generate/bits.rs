//! Binaries and bit strings: built, matched, repeated, cut.

use super::{Generator, Type};

impl Generator {
    pub(super) fn binary(&mut self) -> String {
        let binary = Type::Binary;
        match self.c.below(24) {
            0..6 => self.constructed(true),
            6 | 7 => self.comprehension(true),
            8 => format!("integer_to_binary({})", self.expression(&Type::Int)),
            9 => {
                let value = self.expression(&Type::Int);
                format!("integer_to_binary({value}, {})", 2 + self.c.below(35))
            }
            10 => {
                let value = self.expression(&Type::Float);
                match self.c.below(4) {
                    0 => format!("float_to_binary({value}, [short])"),
                    1 => format!(
                        "float_to_binary({value}, [{{scientific, {}}}])",
                        self.c.below(21)
                    ),
                    2 => format!(
                        "float_to_binary({value}, [{{decimals, {}}}])",
                        self.c.below(12)
                    ),
                    _ => format!(
                        "float_to_binary({value}, [{{decimals, {}}}, compact])",
                        self.c.below(12)
                    ),
                }
            }
            11 => format!("atom_to_binary({})", self.expression(&Type::Atom)),
            12 => {
                let name = self.one_of(&["list_to_binary", "iolist_to_binary"]);
                format!("{name}({})", self.iolist(3))
            }
            13 => {
                let value = self.expression(&binary);
                format!(
                    "binary_part({value}, {}, {})",
                    self.integer_below(6),
                    self.integer_below(6)
                )
            }
            14 => {
                let value = self.expression(&binary);
                format!("binary:copy({value}, {})", self.integer_below(5))
            }
            15 => {
                let value = self.expression(&binary);
                let pattern = self.expression(&binary);
                format!("iolist_to_binary(binary:replace({value}, {pattern}, <<\"-\">>, [global]))")
            }
            16 => format!("erlang:md5({})", self.expression(&binary)),
            17 => {
                let name = self.one_of(&["uppercase", "lowercase", "trim", "casefold"]);
                format!("string:{name}({})", self.expression(&binary))
            }
            18 => format!(
                "unicode:characters_to_binary({})",
                self.expression(&Type::Text)
            ),
            19 => format!(
                "binary:encode_unsigned(abs({}))",
                self.expression(&Type::Int)
            ),
            20 => self.bit_loop(&binary),
            21 => {
                let of = self.some_type();
                format!("term_to_binary({})", self.expression(&of))
            }
            22 => {
                let (value, at) = (self.expression(&binary), self.integer_below(9));
                let which = 1 + self.c.below(2);
                format!("element({which}, split_binary({value}, {at}))")
            }
            _ => {
                let (value, on) = (self.expression(&binary), self.expression(&binary));
                format!("hd(binary:split({value}, {on}))")
            }
        }
    }

    pub(super) fn bits(&mut self) -> String {
        match self.c.below(10) {
            0..4 => self.constructed(false),
            4 | 5 => self.comprehension(false),
            6 => {
                let (bits, name) = (self.expression(&Type::Bits), self.fresh());
                let skip = self.c.below(20);
                format!("case {bits} of <<_:{skip}, {name}/bits>> -> {name}; _ -> <<1:1>> end")
            }
            7 => {
                let (bits, name) = (self.expression(&Type::Bits), self.fresh());
                let (skip, size) = (self.c.below(9), self.c.below(40));
                format!(
                    "case {bits} of <<_:{skip}, {name}:{size}/bits, _/bits>> -> {name}; _ -> <<>> end"
                )
            }
            8 => self.bit_loop(&Type::Bits),
            _ => format!("list_to_bitstring([{}])", self.expression(&Type::Bits)),
        }
    }

    fn iolist(&mut self, depth: u32) -> String {
        let count = self.c.below(4);
        let parts: Vec<_> = (0..count)
            .map(|_| match self.c.below(6) {
                0 | 1 => self.expression(&Type::Binary),
                2 => format!("({} band 255)", self.expression(&Type::Int)),
                3 if depth > 0 => self.iolist(depth - 1),
                4 => self.expression(&Type::Text),
                _ => self.literal(&Type::Text),
            })
            .collect();
        match self.c.below(4) {
            3 if !parts.is_empty() => format!(
                "[{} | {}]",
                parts.join(", "),
                self.expression(&Type::Binary)
            ),
            _ => format!("[{}]", parts.join(", ")),
        }
    }

    fn constructed(&mut self, bytes: bool) -> String {
        let count = self.c.below(5);
        let parts: Vec<_> = (0..count).map(|_| self.segment(bytes)).collect();
        format!("<<{}>>", parts.join(", "))
    }

    /// A segment of what is built.
    fn segment(&mut self, bytes: bool) -> String {
        match self.c.below(16) {
            0 => format!("({})", self.expression(&Type::Int)),
            1..5 => {
                let size = match bytes {
                    true => 8 * self.c.below(17),
                    false => self.c.below(140),
                };
                let value = self.expression(&Type::Int);
                format!("({value}):{size}/integer-{}", self.order())
            }
            5 | 6 => {
                let value = self.expression(&Type::Int);
                let size = self.integer_below(9);
                let unit = match bytes {
                    true => 8 * (1 + self.c.below(4)),
                    false => 1 + self.c.below(20),
                };
                format!("({value}):({size})/integer-{}-unit:{unit}", self.order())
            }
            7 => {
                let value = self.expression(&Type::Float);
                let size = self.one_of(&["64", "32", "16"]);
                format!("({value}):{size}/float-{}", self.order())
            }
            8 => {
                let value = self.expression(&Type::Int);
                format!("({value}):32/float")
            }
            9 => format!("({})/binary", self.expression(&Type::Binary)),
            10 if !bytes => format!("({})/bits", self.expression(&Type::Bits)),
            10 | 11 => {
                let value = self.expression(&Type::Binary);
                format!("({value}):({})/binary", self.integer_below(6))
            }
            12 if !bytes => {
                let value = self.expression(&Type::Bits);
                format!("({value}):({})/bits", self.integer_below(30))
            }
            12 | 13 => {
                let value = self.integer_below(0x11_0000);
                let code = self.one_of(&["utf8", "utf16", "utf32", "utf16-little", "utf32-little"]);
                format!("({value})/{code}")
            }
            14 => {
                let code = self.one_of(&["", "/utf8", "/utf16", "/utf32-little", ":16/little"]);
                format!("\"a\\x{{e9}}\\x{{3b1}}\"{code}")
            }
            _ => format!("({})/binary", self.expression(&Type::Any)),
        }
    }

    fn order(&mut self) -> String {
        self.one_of(&["big", "little", "native", "big-signed", "little-signed"])
    }

    /// The pattern of a binary, with what is left at the end bound or not.
    pub(super) fn bit_pattern(&mut self, bytes: bool) -> String {
        let mut parts = Vec::new();
        let from = self.scope.len();
        for _ in 0..self.c.below(4) {
            parts.push(self.bit_segment(bytes, from));
        }
        match self.c.below(6) {
            0 | 1 => {}
            2 => parts.push("_/bits".to_owned()),
            3 => parts.push("_/binary".to_owned()),
            4 => parts.push(format!("{}/bits", self.bind(&Type::Bits))),
            _ => parts.push(format!("{}/binary", self.bind(&Type::Binary))),
        }
        format!("<<{}>>", parts.join(", "))
    }

    /// A segment of a pattern whose first variable has the place `from`.
    fn bit_segment(&mut self, bytes: bool, from: usize) -> String {
        let size = |g: &mut Generator| match bytes {
            true => 8 * g.c.below(9),
            false => g.c.below(70),
        };
        match self.c.below(16) {
            0 => format!("{}:8", self.bind(&Type::Int)),
            1..4 => {
                let size = size(self);
                let order = self.order();
                format!("{}:{size}/{order}", self.bind(&Type::Int))
            }
            4 => {
                let size = size(self);
                format!("{}:{size}", self.literal(&Type::Int).replace("$a", "97"))
            }
            5 => format!("_:{}", size(self)),
            6 => {
                // The size is what another segment or variable says.
                let by = self
                    .known_variable(&Type::Int, from)
                    .unwrap_or("3".to_owned());
                let order = self.order();
                format!("{}:({by} band 63)/{order}", self.bind(&Type::Int))
            }
            7 | 8 => {
                let by = self
                    .known_variable(&Type::Int, from)
                    .unwrap_or("2".to_owned());
                match bytes || self.c.below(2) == 0 {
                    true => format!("{}:{by}/binary", self.bind(&Type::Binary)),
                    false => format!("{}:{by}/bits", self.bind(&Type::Bits)),
                }
            }
            9 => {
                let size = self.one_of(&["64", "32", "16"]);
                let order = self.one_of(&["big", "little", "native"]);
                format!("{}:{size}/float-{order}", self.bind(&Type::Float))
            }
            10 => {
                let code = self.one_of(&["utf8", "utf16", "utf32", "utf16-little", "utf32-little"]);
                match self.c.below(3) {
                    0 => format!("_/{code}"),
                    _ => format!("{}/{code}", self.bind(&Type::Int)),
                }
            }
            11 => self.one_of(&["\"a\"", "\"the\"", "\"\\x{e9}\"/utf8", "\"a\"/utf16"]),
            12 => format!("{}:{}/binary", self.bind(&Type::Binary), self.c.below(5)),
            13 => {
                let unit = 1 + self.c.below(16);
                format!(
                    "{}:{}/binary-unit:{unit}",
                    self.bind(&Type::Bits),
                    self.c.below(5)
                )
            }
            14 => match self.variable(&Type::Int) {
                Some(name) => format!("{name}:{}", size(self)),
                None => "1:8".to_owned(),
            },
            _ => format!(
                "{}:{}/integer-signed-unit:8",
                self.bind(&Type::Int),
                self.c.below(10)
            ),
        }
    }

    /// `<< <<...>> || ... >>`.
    fn comprehension(&mut self, bytes: bool) -> String {
        self.scoped(|g| {
            let qualifiers = g.qualifiers();
            format!("<< {} || {qualifiers} >>", g.constructed(bytes))
        })
    }

    /// A helper that walks through a binary, and a call of it.
    pub(super) fn bit_loop(&mut self, of: &Type) -> String {
        if self.helpers.len() >= 4 || self.looping.is_some() {
            return self.expression(of);
        }
        self.variables += 1;
        let name = format!("{}_w{}", self.name, self.variables);
        let outer = std::mem::take(&mut self.scope);
        let mut clauses = Vec::new();
        for _ in 0..=self.c.below(2) {
            let clause = self.scoped(|g| {
                let first = g.one_of(&["8", "1", "5", "8/signed", "16/little", "3", "24", "32/little-signed"]);
                let (item, rest, sum, more) = g.patterns(|g| {
                    let from = g.scope.len();
                    let item = g.bind(&Type::Int);
                    let more = match g.c.below(3) {
                        2 => format!("{}, ", g.bit_segment(false, from)),
                        _ => String::new(),
                    };
                    (item, g.bind(&Type::Bits), g.bind(of), more)
                });
                let guard = g.when();
                let next = match (g.c.below(3), of) {
                    (0, Type::Int) => format!("{sum} + {item}"),
                    (0, _) => format!("<<{sum}/bits, {item}:8>>"),
                    (1, Type::Int) => format!("{sum} bxor {item}"),
                    (1, _) => format!("<<{item}:8, {sum}/bits>>"),
                    _ => g.expression(of),
                };
                format!("{name}(<<{item}:{first}, {more}{rest}/bits>>, {sum}){guard} -> {name}({rest}, {next})")
            });
            clauses.push(clause);
        }
        let last = self.scoped(|g| {
            let (rest, sum) = (g.bind(&Type::Bits), g.bind(of));
            match g.c.below(3) {
                0 => format!("{name}(<<>>, {sum}) -> {sum}"),
                1 => format!("{name}({rest}, {sum}) -> _ = {rest}, {sum}"),
                _ => format!(
                    "{name}({rest}, {sum}) when bit_size({rest}) < 99 -> {}",
                    g.body(of)
                ),
            }
        });
        clauses.push(last);
        self.scope = outer;
        self.texts.push(clauses.join(";\n") + ".\n");
        self.helpers.push(super::Helper {
            name: name.clone(),
            args: Vec::new(),
            // Nothing asks for a helper of this kind by its result.
            result: Type::Fun(vec![Type::Any; 9], Box::new(Type::Any)),
        });
        format!(
            "{name}({}, {})",
            self.expression(&Type::Bits),
            self.expression(of)
        )
    }
}
