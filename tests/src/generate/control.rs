//! What chooses, repeats, raises, and calls.

use super::{Generator, Helper, Type};

impl Generator {
    /// Statements and, last, an expression of this kind.
    pub(super) fn body(&mut self, of: &Type) -> String {
        self.scoped(|g| {
            let mut parts = Vec::new();
            for _ in 0..g.c.below(5).saturating_sub(2) {
                parts.push(g.statement());
            }
            parts.push(g.expression(of));
            parts.join(",\n")
        })
    }

    /// What is done for its effect.
    fn statement(&mut self) -> String {
        match self.c.below(10) {
            0..=3 => {
                let of = self.some_type();
                let value = self.expression(&of);
                format!("{} = {value}", self.bind(&of))
            }
            4 | 5 => {
                let of = self.some_type();
                let value = self.expression(&of);
                format!("{} = {value}", self.pattern(&of, 2))
            }
            6 => format!("self() ! {}", self.expression(&Type::Any)),
            7 => {
                let key = self.one_of(&["k", "1", "{k}", "\"k\""]);
                format!("put({key}, {})", self.expression(&Type::Any))
            }
            8 => format!("_ = {}", self.expression(&Type::Any)),
            _ => {
                let of = self.some_type();
                self.expression(&of)
            }
        }
    }

    /// A clause of `case` and the like: a pattern, a guard and a body.
    fn clause(&mut self, of: &Type, result: &Type) -> String {
        self.scoped(|g| {
            let pattern = g.pattern(of, 2);
            let guard = g.when();
            format!("{pattern}{guard} -> {}", g.body(result))
        })
    }

    fn clauses(&mut self, of: &Type, result: &Type) -> Vec<String> {
        let count = 1 + self.c.below(3);
        let mut all: Vec<_> = (0..count).map(|_| self.clause(of, result)).collect();
        if self.c.below(10) < 9 {
            all.push(format!("_ -> {}", self.body(result)));
        }
        all
    }

    /// Something that leads to a value of any kind.
    pub(super) fn control(&mut self, of: &Type) -> String {
        match self.c.below(26) {
            0 => format!("begin {} end", self.body(of)),
            1..4 => {
                let on = self.some_type();
                let value = self.expression(&on);
                format!(
                    "case {value} of\n{}\nend",
                    self.clauses(&on, of).join(";\n")
                )
            }
            4 => self.by_type(of),
            5 => {
                let mut all = Vec::new();
                for _ in 0..=self.c.below(2) {
                    let guard = self.guard();
                    all.push(format!("{guard} -> {}", self.body(of)));
                }
                if self.c.below(10) < 9 {
                    all.push(format!("true -> {}", self.body(of)));
                }
                format!("if {} end", all.join(";\n"))
            }
            6..9 => self.attempt(of),
            9 => self.receive(of),
            10 | 11 => self.immediate(of),
            12..15 => self.call_helper(of),
            15 => self.raise(),
            16 => format!(
                "element(2, {{{}, {}}})",
                self.expression(&Type::Any),
                self.expression(of)
            ),
            17 => format!(
                "hd([{} | {}])",
                self.expression(of),
                self.expression(&Type::Any)
            ),
            18 => {
                let key = self.literal(&Type::Any);
                format!("maps:get({key}, #{{{key} => {}}})", self.expression(of))
            }
            19 => self.fold(of),
            20 => format!("binary_to_term(term_to_binary({}))", self.expression(of)),
            21 => {
                let (first, second) = (self.expression(of), self.expression(of));
                format!("lists:nth({}, [{first}, {second}])", self.integer_below(3))
            }
            22 => {
                let test = self.expression(&Type::Bool);
                let (yes, no) = (self.body(of), self.body(of));
                format!("case {test} of true -> {yes}; false -> {no} end")
            }
            23 => self.named_fun(of),
            24 => {
                let other = self.some_type();
                self.expression(&other)
            }
            _ => {
                let value = self.expression(of);
                let name = self.fresh();
                format!("(fun({name}) -> {name} end)({value})")
            }
        }
    }

    /// Tells values of an unknown kind by the tests of guards.
    fn by_type(&mut self, of: &Type) -> String {
        let value = self.expression(&Type::Any);
        let mut all = Vec::new();
        for _ in 0..=self.c.below(3) {
            let kind = match self.c.below(6) {
                0 => Type::Int,
                1 => Type::Float,
                2 => Type::Binary,
                3 => Type::Bits,
                4 => Type::Atom,
                _ => Type::Bool,
            };
            let clause = self.scoped(|g| {
                let name = g.bind(&kind);
                let test = kind.test().unwrap_or("is_list");
                let more = match g.c.below(3) {
                    2 => format!(", {}", g.guard()),
                    _ => String::new(),
                };
                format!("{name} when {test}({name}){more} -> {}", g.body(of))
            });
            all.push(clause);
        }
        all.push(format!("_ -> {}", self.body(of)));
        format!("case {value} of\n{}\nend", all.join(";\n"))
    }

    fn attempt(&mut self, of: &Type) -> String {
        let (body, of_clauses) = match self.c.below(3) {
            2 => {
                let on = self.some_type();
                let body = self.body(&on);
                (body, format!(" of\n{}", self.clauses(&on, of).join(";\n")))
            }
            _ => (self.body(of), String::new()),
        };
        let form = self.c.below(8);
        let mut handlers = Vec::new();
        if form != 7 {
            for _ in 0..=self.c.below(2) {
                handlers.push(self.handler(of));
            }
        }
        let handlers = match handlers.is_empty() {
            true => String::new(),
            false => format!("\ncatch\n{}", handlers.join(";\n")),
        };
        let after = match form {
            6 | 7 => format!("\nafter {}", self.body(&Type::Any)),
            _ => String::new(),
        };
        format!("try {body}{of_clauses}{handlers}{after}\nend")
    }

    fn handler(&mut self, of: &Type) -> String {
        self.scoped(|g| match g.c.below(10) {
            0..=2 => format!("_:_ -> {}", g.body(of)),
            3 => {
                let class = g.bind(&Type::Atom);
                let reason = g.bind(&Type::Any);
                format!("{class}:{reason} -> {}", g.body(of))
            }
            4 => {
                let class = g.one_of(&["error", "throw", "exit"]);
                let reason = g.bind(&Type::Any);
                format!("{class}:{reason} -> {}", g.body(of))
            }
            5 => {
                let reason = g.bind(&Type::Any);
                let (class, trace) = (g.fresh(), g.fresh());
                let body = g.body(of);
                format!("{class}:{reason}:{trace} -> true = is_list({trace}), {body}")
            }
            6 => {
                let reason = g.bind(&Type::Any);
                let trace = g.fresh();
                format!("error:{reason}:{trace} -> erlang:raise(throw, {{{reason}}}, {trace})")
            }
            7 => {
                let value = g.bind(&Type::Any);
                let what = g.one_of(&["badmatch", "case_clause", "badkey", "badmap", "badfun"]);
                format!("error:{{{what}, {value}}} -> {}", g.body(of))
            }
            8 => {
                let reason = g.pattern(&Type::Any, 1);
                let guard = g.when();
                format!("throw:{reason}{guard} -> {}", g.body(of))
            }
            _ => {
                let what = g.one_of(&["badarg", "badarith", "if_clause", "function_clause"]);
                format!("error:{what} -> {}", g.body(of))
            }
        })
    }

    fn receive(&mut self, of: &Type) -> String {
        let on = self.some_type();
        let mut parts = Vec::new();
        for _ in 0..self.c.below(4) {
            let kind = if self.c.below(3) == 2 {
                Type::Any
            } else {
                on.clone()
            };
            parts.push(format!("self() ! {}", self.expression(&kind)));
        }
        let mut clauses = Vec::new();
        for _ in 0..=self.c.below(2) {
            clauses.push(self.clause(&on, of));
        }
        let body = self.body(of);
        parts.push(format!(
            "receive {}\nafter 0 -> {body} end",
            clauses.join(";\n")
        ));
        format!("begin {} end", parts.join(", "))
    }

    /// A fun that is called at once.
    fn immediate(&mut self, of: &Type) -> String {
        let count = self.c.below(3);
        let args: Vec<_> = (0..count).map(|_| self.some_type()).collect();
        let values: Vec<_> = args.iter().map(|it| self.expression(it)).collect();
        let fun = self.expression(&Type::Fun(args, Box::new(of.clone())));
        match self.c.below(3) {
            0 => format!("({fun})({})", values.join(", ")),
            1 => format!("apply({fun}, [{}])", values.join(", ")),
            _ => {
                let name = self.fresh();
                format!("begin {name} = {fun}, {name}({}) end", values.join(", "))
            }
        }
    }

    /// `lists:foldl` and its like.
    fn fold(&mut self, of: &Type) -> String {
        let item = self.simple_type();
        let first = self.expression(of);
        let list = self.expression(&Type::list(item.clone()));
        let name = self.one_of(&["foldl", "foldr"]);
        let fun = self.expression(&Type::Fun(vec![item, of.clone()], Box::new(of.clone())));
        format!("lists:{name}({fun}, {first}, {list})")
    }

    /// A fun that calls itself while there is fuel.
    fn named_fun(&mut self, of: &Type) -> String {
        let name = self.fresh();
        let fuel = self.fresh();
        let arg = self.some_type();
        let first = self.expression(&arg);
        let start = self.c.below(5);
        let (parameter, none, next, body) = self.scoped(|g| {
            let parameter = g.bind(&arg);
            let none = g.body(of);
            let next = g.expression(&arg);
            let result = g.bind(of);
            let body = g.body(of);
            (
                parameter,
                none,
                next,
                format!("{result} = {name}({fuel} - 1, Next), {body}"),
            )
        });
        let next_name = self.fresh();
        let body = body.replace("Next", &next_name);
        format!(
            "(fun {name}(0, {parameter}) -> {none};\n{name}({fuel}, {parameter}) -> \
             {next_name} = {next}, {body} end)({start}, {first})"
        )
    }

    fn raise(&mut self) -> String {
        let reason = self.expression(&Type::Any);
        match self.c.below(6) {
            0 | 1 => format!("throw({reason})"),
            2 => format!("exit({reason})"),
            3 => format!("erlang:raise(error, {reason}, [])"),
            4 => format!("error({reason}, [{}])", self.expression(&Type::Any)),
            _ => format!("error({reason})"),
        }
    }

    /// Calls a function of the unit, one that it makes for that or one that is there.
    fn call_helper(&mut self, of: &Type) -> String {
        let fuel = self.c.below(5);
        if let Some(helper) = self.looping.clone()
            && helper.result == *of
        {
            let args = self.arguments(&helper.args);
            return format!("{}(Fuel - 1{args})", helper.name);
        }
        let known = self.helpers.iter().find(|it| it.result == *of).cloned();
        let helper = match known {
            Some(helper) if self.c.below(2) == 0 => helper,
            _ if self.helpers.len() >= 3 || self.looping.is_some() => return self.expression(of),
            _ => self.new_helper(of),
        };
        let args = self.arguments(&helper.args);
        format!("{}({fuel}{args})", helper.name)
    }

    fn arguments(&mut self, of: &[Type]) -> String {
        of.iter()
            .map(|it| format!(", {}", self.expression(it)))
            .collect()
    }

    fn new_helper(&mut self, of: &Type) -> Helper {
        let count = self.c.below(4);
        self.variables += 1;
        let helper = Helper {
            name: format!("{}_h{}", self.name, self.variables),
            args: (0..count).map(|_| self.some_type()).collect(),
            result: of.clone(),
        };
        let outer = std::mem::take(&mut self.scope);
        let mut clauses = Vec::new();
        let head = |g: &mut Generator, fuel: &str, patterns: bool| {
            let parts = g.patterns(|g| {
                let one = |it| match patterns && g.c.below(2) == 1 {
                    true => g.pattern(it, 1),
                    false => g.bind(it),
                };
                helper.args.iter().map(one).collect::<Vec<_>>()
            });
            let parts: String = parts.iter().map(|it| format!(", {it}")).collect();
            format!("{}({fuel}{parts})", helper.name)
        };
        let none = self.scoped(|g| {
            let head = head(g, "0", false);
            format!("{head} -> {}", g.body(of))
        });
        clauses.push(none);
        self.looping = Some(helper.clone());
        if self.c.below(2) == 1 {
            let clause = self.scoped(|g| {
                let head = head(g, "Fuel", true);
                g.scope.push(("Fuel".to_owned(), Type::Int));
                let guard = g.when();
                format!("{head}{guard} -> {}", g.body(of))
            });
            clauses.push(clause);
        }
        let last = self.scoped(|g| {
            let head = head(g, "Fuel", false);
            format!("{head} -> {}", g.body(of))
        });
        clauses.push(last);
        self.looping = None;
        self.scope = outer;
        self.texts.push(clauses.join(";\n") + ".\n");
        self.helpers.push(helper.clone());
        helper
    }
}
