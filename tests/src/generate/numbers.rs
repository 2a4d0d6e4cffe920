//! Integers, floats and truth values.

use super::{Generator, Type};

impl Generator {
    /// An expression for an integer from 0 to less than this, or a little outside now and then.
    pub(super) fn integer_below(&mut self, limit: u32) -> String {
        match self.c.below(8) {
            0..4 => self.c.below(limit).to_string(),
            4 => (self.c.below(limit + 2) as i32 - 1).to_string(),
            _ => format!("(abs({}) rem {limit})", self.expression(&Type::Int)),
        }
    }

    pub(super) fn integer(&mut self) -> String {
        let int = Type::Int;
        match self.c.below(34) {
            0..5 => {
                let join = self.one_of(&["+", "-", "*"]);
                format!(
                    "({} {join} {})",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            5 => {
                let join = self.one_of(&["div", "rem"]);
                format!(
                    "({} {join} {})",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            6 => {
                let join = self.one_of(&["div", "rem"]);
                format!(
                    "({} {join} ({} bor 1))",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            7 | 8 => {
                let join = self.one_of(&["band", "bor", "bxor"]);
                format!(
                    "({} {join} {})",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            9 | 10 => {
                let join = self.one_of(&["bsl", "bsr"]);
                let most = self.one_of(&["63", "7", "255"]);
                format!(
                    "({} {join} ({} band {most}))",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            11 => {
                let join = self.one_of(&["bsl", "bsr"]);
                format!(
                    "({} {join} -({} band 127))",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            12 => format!("(bnot {})", self.expression(&int)),
            13 => format!("(- {})", self.expression(&int)),
            14 => format!("abs({})", self.expression(&int)),
            15 => {
                let name = self.one_of(&["trunc", "round", "floor", "ceil"]);
                format!("{name}({})", self.expression(&Type::Float))
            }
            16 => format!("length({})", self.expression(&Type::list(Type::Any))),
            17 => {
                let name = self.one_of(&["byte_size", "bit_size"]);
                format!("{name}({})", self.expression(&Type::Bits))
            }
            18 => {
                let of = self.some_type();
                format!("erlang:phash2({})", self.expression(&of))
            }
            19 => {
                let name = self.one_of(&["max", "min"]);
                format!(
                    "{name}({}, {})",
                    self.expression(&int),
                    self.expression(&int)
                )
            }
            20 => {
                let name = self.one_of(&["sum", "max", "min", "last"]);
                format!("lists:{name}({})", self.expression(&Type::list(Type::Int)))
            }
            21 => format!("hd({})", self.expression(&Type::list(Type::Int))),
            22 => {
                let name = self.one_of(&["crc32", "adler32", "byte_size"]);
                format!("erlang:{name}({})", self.expression(&Type::Binary))
            }
            23 => {
                let name =
                    self.one_of(&["binary:decode_unsigned", "binary_to_integer", "binary:last"]);
                format!("{name}({})", self.expression(&Type::Binary))
            }
            24 => format!("list_to_integer({})", self.expression(&Type::Text)),
            25 => {
                let base = 2 + self.c.below(35);
                let value = self.expression(&int);
                format!("binary_to_integer(integer_to_binary({value}, {base}), {base})")
            }
            26 => {
                let list = self.expression(&Type::list(Type::Int));
                format!("lists:nth({}, {list})", self.integer_below(4))
            }
            27 => {
                let binary = self.expression(&Type::Binary);
                format!("binary:at({binary}, {})", self.integer_below(4))
            }
            28 => {
                let of = Type::map(self.simple_type(), Type::Int);
                format!("map_size({})", self.expression(&of))
            }
            29 => format!("({})#r.a", self.expression(&Type::Record)),
            30 => self.decoded(),
            31 => self.bit_loop(&int),
            32 => {
                let of = self.some_type();
                format!("erlang:external_size({})", self.expression(&of))
            }
            _ => {
                let key = self.expression(&Type::Atom);
                let map = self.expression(&Type::map(Type::Atom, Type::Int));
                match self.c.below(2) {
                    0 => format!("maps:get({key}, {map}, -1)"),
                    _ => format!("map_get({key}, {map})"),
                }
            }
        }
    }

    /// An integer out of bits.
    fn decoded(&mut self) -> String {
        let bits = self.expression(&Type::Bits);
        let name = self.fresh();
        let size = 1 + self.c.below(130);
        let sign = self.one_of(&["unsigned", "signed"]);
        let order = self.one_of(&["big", "little", "native"]);
        let skip = self.c.below(10);
        format!(
            "case {bits} of <<_:{skip}, {name}:{size}/{sign}-{order}, _/bits>> -> {name}; _ -> -1 end"
        )
    }

    pub(super) fn float(&mut self) -> String {
        let float = Type::Float;
        match self.c.below(16) {
            0..4 => {
                let join = self.one_of(&["+", "-", "*"]);
                format!(
                    "({} {join} {})",
                    self.expression(&float),
                    self.expression(&float)
                )
            }
            4 => format!(
                "({} / {})",
                self.expression(&float),
                self.expression(&float)
            ),
            5 => format!(
                "({} / {})",
                self.expression(&Type::Int),
                self.expression(&Type::Int)
            ),
            6 => {
                let join = self.one_of(&["+", "-", "*", "/"]);
                format!(
                    "({} {join} {})",
                    self.expression(&Type::Int),
                    self.expression(&float)
                )
            }
            7 => format!("float({})", self.expression(&Type::Int)),
            8 => {
                let name = self.one_of(&["abs", "float"]);
                format!("{name}({})", self.expression(&float))
            }
            9 => format!("math:sqrt({})", self.expression(&float)),
            10 => {
                let name = self.one_of(&["floor", "ceil"]);
                format!("math:{name}({})", self.expression(&float))
            }
            11 => format!(
                "math:fmod({}, {})",
                self.expression(&float),
                self.expression(&float)
            ),
            12 => {
                let value = self.expression(&float);
                format!("list_to_float(float_to_list({value}))")
            }
            13 => {
                let (bits, name) = (self.expression(&Type::Bits), self.fresh());
                let size = self.one_of(&["64", "32", "16"]);
                let order = self.one_of(&["big", "little"]);
                format!(
                    "case {bits} of <<{name}:{size}/float-{order}, _/bits>> -> {name}; _ -> 0.5 end"
                )
            }
            14 => {
                let (value, name) = (self.expression(&float), self.fresh());
                let size = self.one_of(&["64", "32", "16"]);
                format!("begin <<{name}:{size}/float>> = <<({value}):{size}/float>>, {name} end")
            }
            _ => format!("binary_to_float({})", self.expression(&Type::Binary)),
        }
    }

    pub(super) fn boolean(&mut self) -> String {
        let bool = Type::Bool;
        match self.c.below(16) {
            0..4 => {
                let of = self.some_type();
                let other = match self.c.below(3) {
                    2 => self.some_type(),
                    _ => of.clone(),
                };
                let join = self.one_of(&["==", "/=", "=:=", "=/=", "<", ">", "=<", ">="]);
                format!(
                    "({} {join} {})",
                    self.expression(&of),
                    self.expression(&other)
                )
            }
            4 => {
                let join = self.one_of(&["==", "<", ">="]);
                format!(
                    "({} {join} {})",
                    self.expression(&Type::Int),
                    self.expression(&Type::Float)
                )
            }
            5 => format!("(not {})", self.expression(&bool)),
            6 | 7 => {
                let join = self.one_of(&["and", "or", "xor", "andalso", "orelse"]);
                format!(
                    "({} {join} {})",
                    self.expression(&bool),
                    self.expression(&bool)
                )
            }
            8 | 9 => {
                let test = self.one_of(&[
                    "is_integer",
                    "is_float",
                    "is_number",
                    "is_list",
                    "is_map",
                    "is_tuple",
                    "is_binary",
                    "is_bitstring",
                    "is_atom",
                    "is_function",
                ]);
                format!("{test}({})", self.expression(&Type::Any))
            }
            10 => {
                let item = self.simple_type();
                let value = self.expression(&item);
                format!(
                    "lists:member({value}, {})",
                    self.expression(&Type::list(item))
                )
            }
            11 => {
                let key = self.expression(&Type::Atom);
                format!(
                    "is_map_key({key}, {})",
                    self.expression(&Type::map(Type::Atom, Type::Int))
                )
            }
            12 => {
                let item = self.simple_type();
                let name = self.one_of(&["all", "any"]);
                let fun = self.expression(&Type::Fun(vec![item.clone()], Box::new(bool)));
                format!(
                    "lists:{name}({fun}, {})",
                    self.expression(&Type::list(item))
                )
            }
            13 => {
                let name = self.one_of(&["prefix", "suffix"]);
                let of = Type::list(Type::Int);
                format!(
                    "lists:{name}({}, {})",
                    self.expression(&of),
                    self.expression(&of)
                )
            }
            14 => {
                let fun = self.expression(&Type::Fun(vec![Type::Int], Box::new(Type::Int)));
                format!("is_function({fun}, {})", self.integer_below(3))
            }
            _ => format!("is_record({}, r)", self.expression(&Type::Any)),
        }
    }
}
