//! Atoms, maps, funs, records, and values of any kind.

use super::{Generator, Type};

impl Generator {
    pub(super) fn atom(&mut self) -> String {
        match self.c.below(8) {
            0 => self.expression(&Type::Bool),
            1 => format!(
                "element(2, {})",
                self.expression(&Type::Tuple(vec![Type::Int, Type::Atom]))
            ),
            2 => format!(
                "binary_to_atom(atom_to_binary({}))",
                self.expression(&Type::Atom)
            ),
            3 => format!("list_to_atom({})", self.literal(&Type::Text)),
            4 => format!("hd({})", self.expression(&Type::list(Type::Atom))),
            5 => format!(
                "max({}, {})",
                self.expression(&Type::Atom),
                self.expression(&Type::Atom)
            ),
            6 => format!(
                "list_to_atom(atom_to_list({}))",
                self.expression(&Type::Atom)
            ),
            _ => self.literal(&Type::Atom),
        }
    }

    pub(super) fn map(&mut self, key: &Type, value: &Type) -> String {
        let this = Type::map(key.clone(), value.clone());
        match self.c.below(18) {
            0..3 => {
                let pairs = self.pairs(key, value, "=>");
                format!("#{{{pairs}}}")
            }
            3..6 => {
                let map = self.expression(&this);
                let pairs = self.pairs(key, value, "=>");
                format!("({map})#{{{pairs}}}")
            }
            6 => {
                let map = self.expression(&this);
                let pairs = self.pairs(key, value, ":=");
                format!("({map})#{{{pairs}}}")
            }
            7 => {
                let name = self.one_of(&["put", "update"]);
                let (key, value) = (self.expression(key), self.expression(value));
                format!("maps:{name}({key}, {value}, {})", self.expression(&this))
            }
            8 => {
                let key = self.expression(key);
                format!("maps:remove({key}, {})", self.expression(&this))
            }
            9 => format!(
                "maps:merge({}, {})",
                self.expression(&this),
                self.expression(&this)
            ),
            10 => {
                let list = Type::list(Type::Tuple(vec![key.clone(), value.clone()]));
                format!("maps:from_list({})", self.expression(&list))
            }
            11 => {
                let fun = Type::Fun(vec![key.clone(), value.clone()], Box::new(value.clone()));
                format!(
                    "maps:map({}, {})",
                    self.expression(&fun),
                    self.expression(&this)
                )
            }
            12 => {
                let fun = Type::Fun(vec![key.clone(), value.clone()], Box::new(Type::Bool));
                format!(
                    "maps:filter({}, {})",
                    self.expression(&fun),
                    self.expression(&this)
                )
            }
            13 => {
                let name = self.one_of(&["with", "without"]);
                let keys = self.expression(&Type::list(key.clone()));
                format!("maps:{name}({keys}, {})", self.expression(&this))
            }
            14 => {
                let fun = Type::Fun(vec![value.clone()], Box::new(value.clone()));
                let key = self.expression(key);
                format!(
                    "maps:update_with({key}, {}, {})",
                    self.expression(&fun),
                    self.expression(&this)
                )
            }
            15 => format!("maps:from_list(maps:to_list({}))", self.expression(&this)),
            16 if *key == Type::Int => {
                // More keys than a small map has.
                let value = self.expression(value);
                format!("maps:from_list([{{K, {value}}} || K <- lists:seq(1, 40)])")
                    .replace('K', &self.fresh())
            }
            _ => {
                let name = self.fresh();
                let list = self.expression(&Type::list(key.clone()));
                format!(
                    "maps:from_list([{{{name}, {}}} || {name} <- {list}])",
                    self.expression(value)
                )
            }
        }
    }

    fn pairs(&mut self, key: &Type, value: &Type, join: &str) -> String {
        let count = self.c.below(4);
        let pairs: Vec<_> = (0..count)
            .map(|_| format!("{} {join} {}", self.expression(key), self.expression(value)))
            .collect();
        pairs.join(", ")
    }

    pub(super) fn fun(&mut self, args: &[Type], result: &Type) -> String {
        if self.c.below(4) == 3
            && let Some(name) = known_function(args, result)
        {
            return name.to_owned();
        }
        let mut clauses = Vec::new();
        for _ in 0..self.c.below(3).saturating_sub(1) {
            let clause = self.scoped(|g| {
                let patterns =
                    g.patterns(|g| args.iter().map(|it| g.pattern(it, 2)).collect::<Vec<_>>());
                let guard = g.when();
                format!("({}){guard} -> {}", patterns.join(", "), g.body(result))
            });
            clauses.push(clause);
        }
        let last = self.scoped(|g| {
            let names: Vec<_> = args.iter().map(|it| g.bind(it)).collect();
            format!("({}) -> {}", names.join(", "), g.body(result))
        });
        clauses.push(last);
        format!("fun {} end", clauses.join(";\n"))
    }

    pub(super) fn record(&mut self) -> String {
        let fields = self.fields();
        match self.c.below(3) {
            0 | 1 => format!("#r{{{fields}}}"),
            _ => format!("({})#r{{{fields}}}", self.expression(&Type::Record)),
        }
    }

    fn fields(&mut self) -> String {
        let all = [
            ("a", Type::Int),
            ("b", Type::Any),
            ("c", Type::list(Type::Int)),
        ];
        let mut fields = Vec::new();
        for (name, of) in all {
            if self.c.below(2) == 1 {
                fields.push(format!("{name} = {}", self.expression(&of)));
            }
        }
        fields.join(", ")
    }

    pub(super) fn anything(&mut self) -> String {
        match self.c.below(24) {
            0..8 => {
                let of = self.some_type();
                self.expression(&of)
            }
            8 | 9 => {
                let count = self.c.below(4);
                let parts: Vec<_> = (0..count).map(|_| self.expression(&Type::Any)).collect();
                format!("{{{}}}", parts.join(", "))
            }
            10 | 11 => format!(
                "[{} | {}]",
                self.expression(&Type::Any),
                self.expression(&Type::Any)
            ),
            12 | 13 => format!("(catch {})", self.expression(&Type::Any)),
            14 => {
                let name = self.one_of(&["get", "erase"]);
                let key = self.one_of(&["k", "1", "{k}", "\"k\""]);
                format!("{name}({key})")
            }
            15 => {
                let list = Type::list(Type::Tuple(vec![Type::Int, Type::Any]));
                let key = self.expression(&Type::Int);
                let name = self.one_of(&["keyfind", "keydelete", "keytake", "keymember"]);
                format!("lists:{name}({key}, 1, {})", self.expression(&list))
            }
            16 => {
                let name = self.one_of(&[
                    "lists:keysort(1, ",
                    "maps:from_list(",
                    "lists:unzip(",
                    "lists:ukeysort(2, ",
                ]);
                let list = Type::list(Type::Tuple(vec![Type::Int, Type::Any]));
                format!("{name}{})", self.expression(&list))
            }
            17 => {
                let of = self.some_type();
                let name = self.one_of(&[
                    "tl",
                    "hd",
                    "tuple_size",
                    "abs",
                    "size",
                    "-",
                    "bnot ",
                    "length",
                    "not ",
                ]);
                format!("{name}({})", self.expression(&of))
            }
            18 => {
                let list = Type::list(Type::Any);
                let name = self.one_of(&["zip", "subtract", "append"]);
                format!(
                    "lists:{name}({}, {})",
                    self.expression(&list),
                    self.expression(&list)
                )
            }
            19 => {
                let (value, on) = (
                    self.expression(&Type::Binary),
                    self.expression(&Type::Binary),
                );
                let name = self.one_of(&["split", "matches", "match"]);
                format!("binary:{name}({value}, {on})")
            }
            20 => format!(
                "lists:sort(maps:to_list({}))",
                self.expression(&Type::map(Type::Any, Type::Any))
            ),
            21 => {
                let (text, on) = (self.expression(&Type::Text), self.literal(&Type::Text));
                let name = self.one_of(&[
                    "string:split",
                    "string:lexemes",
                    "string:find",
                    "string:to_integer",
                    "string:to_float",
                ]);
                match name.contains("to_") {
                    true => format!("{name}({text})"),
                    false => format!("{name}({text}, {on})"),
                }
            }
            22 => {
                let value = self.expression(&Type::Any);
                let name = self.one_of(&["element", "setelement"]);
                let at = self.c.below(4);
                match name.as_str() {
                    "element" => format!("element({at}, {value})"),
                    _ => format!("setelement({at}, {value}, {})", self.expression(&Type::Any)),
                }
            }
            _ => {
                let of = self.some_type();
                format!("(catch {})", self.expression(&of))
            }
        }
    }
}

/// A function of OTP of this kind, as a fun.
fn known_function(args: &[Type], result: &Type) -> Option<&'static str> {
    Some(match (args, result) {
        ([Type::Int], Type::Int) => "fun erlang:abs/1",
        ([Type::Int], Type::Float) => "fun erlang:float/1",
        ([Type::Int], Type::Text) => "fun erlang:integer_to_list/1",
        ([Type::Int], Type::Binary) => "fun erlang:integer_to_binary/1",
        ([_, _], Type::Bool) => "fun erlang:'=<'/2",
        ([Type::Int, Type::Int], Type::Int) => "fun erlang:'+'/2",
        ([Type::Any], Type::Any) => "fun erlang:hd/1",
        ([_], Type::Bool) => "fun erlang:is_integer/1",
        ([Type::List(_)], Type::Int) => "fun erlang:length/1",
        ([Type::Float], Type::Int) => "fun erlang:round/1",
        ([Type::Binary], Type::Int) => "fun erlang:byte_size/1",
        _ => return None,
    })
}
