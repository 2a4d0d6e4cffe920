//! Lists, texts and tuples.

use super::{Generator, Type};

impl Generator {
    /// What stands behind the `||` of a comprehension. Its variables are bound from now on.
    pub(super) fn qualifiers(&mut self) -> String {
        let mut parts = Vec::new();
        for _ in 0..=self.c.below(4).saturating_sub(2) {
            let text = match self.c.below(4) {
                0 | 1 => {
                    let of = self.simple_type();
                    let list = self.expression(&Type::list(of.clone()));
                    format!("{} <- {list}", self.pattern(&of, 2))
                }
                2 => {
                    let bits = self.expression(&Type::Bits);
                    let size = 4 + self.c.below(30);
                    format!("<<{}:{size}>> <= {bits}", self.bind(&Type::Int))
                }
                _ => {
                    let bits = self.expression(&Type::Binary);
                    let first = self.bind(&Type::Int);
                    let size = self.one_of(&["8", "12", "8/signed", "16/little", "32/float"]);
                    match self.c.below(2) {
                        0 => format!("<<{first}:{size}>> <= {bits}"),
                        _ => format!("<<{first}:8, {}:4/bits>> <= {bits}", self.bind(&Type::Bits)),
                    }
                }
            };
            parts.push(text);
            if self.c.below(3) == 2 {
                parts.push(match self.c.below(3) {
                    0 => self.expression(&Type::Bool),
                    _ => format!("({})", self.sum_test()),
                });
            }
        }
        parts.join(", ")
    }

    /// A comparison of sums, as a filter that is a guard.
    fn sum_test(&mut self) -> String {
        let (left, right) = (self.sum(1), self.sum(1));
        let join = self.one_of(&["<", ">", "=:=", "/="]);
        format!("{left} {join} {right}")
    }

    pub(super) fn list(&mut self, of: &Type) -> String {
        let this = Type::list(of.clone());
        match self.c.below(28) {
            0..3 => {
                let count = self.c.below(5);
                let parts: Vec<_> = (0..count).map(|_| self.expression(of)).collect();
                format!("[{}]", parts.join(", "))
            }
            3 => format!("[{} | {}]", self.expression(of), self.expression(&this)),
            4 | 5 => {
                let join = self.one_of(&["++", "--"]);
                format!(
                    "({} {join} {})",
                    self.expression(&this),
                    self.expression(&this)
                )
            }
            6..10 => self.scoped(|g| {
                let qualifiers = g.qualifiers();
                format!("[{} || {qualifiers}]", g.expression(of))
            }),
            10 | 11 => {
                let name = self.one_of(&["reverse", "sort", "usort", "droplast"]);
                format!("lists:{name}({})", self.expression(&this))
            }
            12 => format!("tl({})", self.expression(&this)),
            13 | 14 => {
                let item = self.simple_type();
                let fun = self.expression(&Type::Fun(vec![item.clone()], Box::new(of.clone())));
                format!("lists:map({fun}, {})", self.expression(&Type::list(item)))
            }
            15 | 16 => {
                let name = self.one_of(&["filter", "takewhile", "dropwhile"]);
                let fun = self.expression(&Type::Fun(vec![of.clone()], Box::new(Type::Bool)));
                format!("lists:{name}({fun}, {})", self.expression(&this))
            }
            17 => {
                let list = self.expression(&this);
                format!("lists:sublist({list}, {})", self.integer_below(5))
            }
            18 => {
                let list = self.expression(&this);
                format!("lists:nthtail({}, {list})", self.integer_below(4))
            }
            19 => {
                let size = self.integer_below(6);
                format!("lists:duplicate({size}, {})", self.expression(of))
            }
            20 => {
                let fun = self.expression(&Type::Fun(
                    vec![of.clone(), of.clone()],
                    Box::new(Type::Bool),
                ));
                format!("lists:sort({fun}, {})", self.expression(&this))
            }
            21 => {
                let map = self.expression(&Type::map(of.clone(), Type::Any));
                format!("lists:sort(maps:keys({map}))")
            }
            22 => {
                let map = self.expression(&Type::map(Type::Int, of.clone()));
                format!("lists:sort(maps:values({map}))")
            }
            23 => {
                let fun = self.expression(&Type::Fun(vec![of.clone()], Box::new(Type::Bool)));
                format!(
                    "element(1, lists:partition({fun}, {}))",
                    self.expression(&this)
                )
            }
            24 if *of == Type::Int => {
                let from = self.expression(&Type::Int);
                let name = self.fresh();
                format!(
                    "begin {name} = {from}, lists:seq({name}, {name} + {}) end",
                    self.integer_below(9)
                )
            }
            25 if *of == Type::Int => format!("binary_to_list({})", self.expression(&Type::Binary)),
            26 if *of == Type::Int => format!("({})#r.c", self.expression(&Type::Record)),
            24 | 25 => format!(
                "lists:append([{}, {}])",
                self.expression(&this),
                self.expression(&this)
            ),
            26 => format!(
                "lists:merge({}, {})",
                self.expression(&this),
                self.expression(&this)
            ),
            _ => {
                let value = self.expression(of);
                format!("lists:delete({value}, {})", self.expression(&this))
            }
        }
    }

    pub(super) fn text(&mut self) -> String {
        let text = Type::Text;
        match self.c.below(14) {
            0 => format!("integer_to_list({})", self.expression(&Type::Int)),
            1 => {
                let value = self.expression(&Type::Int);
                format!("integer_to_list({value}, {})", 2 + self.c.below(35))
            }
            2 => format!("float_to_list({})", self.expression(&Type::Float)),
            3 => {
                let value = self.expression(&Type::Float);
                let how = self.one_of(&[
                    "short",
                    "{decimals, 4}",
                    "{scientific, 3}",
                    "compact, {decimals, 9}",
                ]);
                format!("float_to_list({value}, [{how}])")
            }
            4 => format!("atom_to_list({})", self.expression(&Type::Atom)),
            5 => format!("({} ++ {})", self.expression(&text), self.expression(&text)),
            6 => {
                let name = self.one_of(&["uppercase", "lowercase", "trim", "reverse", "to_upper"]);
                format!("string:{name}({})", self.expression(&text))
            }
            7 => {
                let value = self.expression(&text);
                format!(
                    "string:slice({value}, {}, {})",
                    self.integer_below(4),
                    self.integer_below(4)
                )
            }
            8 => format!(
                "unicode:characters_to_list({})",
                self.expression(&Type::Binary)
            ),
            9 => {
                let value = self.expression(&text);
                format!(
                    "lists:flatten(string:pad({value}, {}))",
                    self.integer_below(12)
                )
            }
            10 => {
                let value = self.expression(&Type::Any);
                let how = self.one_of(&["~w", "~0p", "~p"]);
                format!("lists:flatten(io_lib:format(\"{how}\", [{value}]))")
            }
            11 => {
                let value = self.expression(&Type::Float);
                let how = self.one_of(&["~f", "~e", "~g", "~.3f", "~10.2f", "~.4e", "~.5g"]);
                format!("lists:flatten(io_lib:format(\"{how}\", [{value}]))")
            }
            12 => {
                let value = self.expression(&text);
                format!("lists:join($,, {value})")
            }
            _ => format!("lists:reverse({})", self.expression(&text)),
        }
    }

    pub(super) fn tuple(&mut self, of: &[Type]) -> String {
        let parts: Vec<_> = of.iter().map(|it| self.expression(it)).collect();
        let tuple = format!("{{{}}}", parts.join(", "));
        match self.c.below(6) {
            1 if !of.is_empty() => {
                let at = self.c.below(of.len() as u32);
                let value = self.expression(&of[at as usize]);
                format!("setelement({}, {tuple}, {value})", at + 1)
            }
            2 => format!("list_to_tuple(tuple_to_list({tuple}))"),
            3 => format!("erlang:delete_element(1, erlang:insert_element(1, {tuple}, x))"),
            4 => {
                let (all, last) = match parts.split_last() {
                    Some((last, all)) => (all.join(", "), last.clone()),
                    None => return tuple,
                };
                format!("erlang:append_element({{{all}}}, {last})")
            }
            _ => tuple,
        }
    }
}
