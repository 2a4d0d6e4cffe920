//! What modules have to do with each other beyond calls: behaviours, protocols of Elixir's, and what
//! the VM calls by name.

use std::collections::HashMap;

use super::literals;
use super::module::Module;
use super::names::{Name, Names};
use super::references::Mfa;
use atomvm_core::beam::Operand;
use atomvm_core::beam::external::{Token, Tokens};

/// A module that implements a protocol for a type.
#[derive(Debug, Clone, Copy)]
pub struct Implementation {
    pub module: usize,
    pub protocol: Name,
    pub of: Name,
}

/// What modules have to do with each other beyond calls.
#[derive(Debug, Default)]
pub struct Rules {
    /// The behaviours that each module declares.
    behaviours: Vec<Vec<Name>>,
    /// The modules that declare a behaviour.
    with: HashMap<Name, Vec<usize>>,
    /// The callbacks of a behaviour.
    callbacks: HashMap<Name, Vec<(Name, u32)>>,
    implementations: Vec<Implementation>,
}

/// Functions that the VM calls on behalf of a built-in function, and the atom that must be a value of the
/// program before it does: built-in function, other function, atom.
const AFTER: [(Function, Function, &str); 12] = [
    (
        ("io_lib_format", "fwrite", 2),
        ("io_lib_format", "fwrite", 3),
        "",
    ),
    (("file", "get_cwd", 0), ("prim_file", "get_cwd", 0), ""),
    (
        ("erlang", "purge_module", 1),
        ("atomvm_loader", "purge_module", 1),
        "",
    ),
    (
        ("unicode", "characters_to_binary", 2),
        ("unicode", "characters_to_binary_int", 2),
        "utf16",
    ),
    (
        ("unicode", "characters_to_binary", 2),
        ("unicode", "characters_to_binary_int", 2),
        "utf32",
    ),
    (
        ("unicode", "characters_to_list", 2),
        ("unicode", "characters_to_list_int", 2),
        "utf16",
    ),
    (
        ("unicode", "characters_to_list", 2),
        ("unicode", "characters_to_list_int", 2),
        "utf32",
    ),
    (("re", "run", 2), ("re", "grun", 3), ""),
    (("re", "run", 2), ("re", "urun", 3), ""),
    (("re", "run", 3), ("re", "grun", 3), ""),
    (("re", "run", 3), ("re", "urun", 3), ""),
    (("re", "compile", 2), ("re", "ucompile", 2), ""),
];

type Function = (&'static str, &'static str, u32);

/// Servers that a module of libs/ starts when they get their first message: caller, callee, and the
/// atom by which others send to it. Without that, nobody does. (And what is called only if something
/// else is there, which has an atom of its own.)
const ON_DEMAND: [(&str, &str, &str); 8] = [
    ("atomvm_services", "atomvm_file_server", "file_server_2"),
    ("atomvm_services", "gen_event", "erl_signal_server"),
    ("atomvm_services", "supervisor", "kernel_safe_sup"),
    ("atomvm_services", "gen_server", "kernel_safe_sup"),
    ("atomvm_services", "supervisor", "kernel_sup"),
    ("init", "atomvm_services", "application_controller"),
    ("atomvm_loader", "error_logger", ON_LOAD),
    ("Elixir.FunctionClauseError", "Elixir.Macro", BLAME),
];

/// Is a value of every program in which a module has an `-on_load` function.
pub const ON_LOAD: &str = "-on_load";

/// Is a value of every program that calls `Exception.blame/3`: without that no exception has clauses to
/// show.
pub const BLAME: &str = "-blame";

/// Is `function` of `module` the one that finds out which clauses did not match?
pub fn is_blame(module: &str, function: &str) -> bool {
    (module, function) == ("Elixir.Exception", "blame")
}

/// The module of names that several nodes share, whose name is also an option of many functions. The
/// behaviours call it for names `{global, Name}`, which a program's own modules make.
pub const GLOBAL: &str = "global";

/// The strategy of a supervisor whose children get more arguments than their specification has.
pub const ADDS_ARGUMENTS: &str = "simple_one_for_one";

/// Is a value of a program whose own modules have the atom `global`.
pub const GLOBAL_NAMES: &str = "-global";

/// Whether the VM calls functions with this name and arity of modules that a program names: its own error
/// handlers, and modules that deal with calls of what they lack.
pub fn is_called_by_vm(function: &str, arity: u32) -> bool {
    matches!(
        (function, arity),
        ("undefined_function" | "undefined_lambda", 3) | ("$handle_undefined_function", 2)
    )
}

/// What is called for the modules that stand for OTP's services until these are needed.
pub const OF_STAND_INS: [(&str, &str, u32); 3] = [
    ("atomvm_services", "ensure", 1),
    ("error_handler", "undefined_function", 3),
    ("logger_config", "allow", 2),
];

/// The usual handler of OTP's log, whose functions `logger_server` calls by names that it is given.
pub const OF_HANDLERS: [&str; 2] = ["logger_std_h", "logger_h_common"];

/// Whether a module of the VM's or Elixir's library manages OTP's services for the program that calls it.
pub fn manages_services(module: &str) -> bool {
    matches!(
        module,
        "logger_manager" | "Elixir.Application" | "Elixir.Logger.App"
    )
}

/// The atom that must be a value of the program before `caller`'s calls of `callee` count.
pub fn only_with(caller: &str, callee: &str) -> Option<&'static str> {
    let is = |rule: &&(&str, &str, &str)| rule.0 == caller && rule.1 == callee;
    ON_DEMAND.iter().find(is).map(|rule| rule.2)
}

/// Whether `atom` in `module` is only the name under which that registers a server.
pub fn does_not_count(module: &str, atom: &str) -> bool {
    let is = |rule: &(&str, &str, &str)| rule.0 == module && rule.2 == atom;
    ON_DEMAND.iter().any(is)
}

/// Whether an atom that is a value, and a module's name, hardly means the module: this one is the name
/// of an application, by which everybody asks for its environment.
pub fn is_only_application(atom: &str) -> bool {
    atom == "kernel"
}

impl Rules {
    pub fn of(modules: &[Module<'_>], names: &mut Names) -> Rules {
        let mut rules = Rules::default();
        for (index, module) in modules.iter().enumerate() {
            let declared = behaviours(module, names);
            for behaviour in &declared {
                rules.with.entry(*behaviour).or_default().push(index);
            }
            rules.behaviours.push(declared);
            let callbacks = callbacks(module, names);
            if !callbacks.is_empty() {
                rules.callbacks.insert(module.name, callbacks);
            }
        }
        rules.implementations = implementations(modules, names);
        rules
    }

    pub fn behaviours_of(&self, module: usize) -> &[Name] {
        &self.behaviours[module]
    }

    pub fn modules_with(&self, behaviour: Name) -> Vec<usize> {
        self.with.get(&behaviour).cloned().unwrap_or_default()
    }

    pub fn callbacks(&self, behaviour: Name) -> &[(Name, u32)] {
        self.callbacks.get(&behaviour).map_or(&[], Vec::as_slice)
    }

    pub fn implementations_of(&self, protocol: Name) -> Vec<Implementation> {
        let of = |it: &&Implementation| it.protocol == protocol;
        self.implementations.iter().filter(of).copied().collect()
    }

    pub fn implementations_for(&self, of: Name) -> Vec<Implementation> {
        let is = |it: &&Implementation| it.of == of;
        self.implementations.iter().filter(is).copied().collect()
    }

    /// What the VM calls on behalf of the built-in function `callee`, once an atom is a value.
    pub fn after_call(&self, callee: Mfa, names: &Names) -> Vec<(Function, &'static str)> {
        let callee = (
            names.text(callee.module),
            names.text(callee.function),
            callee.arity,
        );
        let rules = AFTER.iter().filter(|rule| rule.0 == callee);
        rules.map(|rule| (rule.1, rule.2)).collect()
    }
}

/// The values of an attribute: attributes are a list of names, each with a list.
fn attribute<'b>(attributes: &'b [u8], wanted: &[&str]) -> Vec<Vec<Token<'b>>> {
    let mut found = Vec::new();
    let mut tokens = Tokens::new(attributes).skip(1);
    while let (Some(Token::Tuple(2)), Some(name)) = (tokens.next(), tokens.next()) {
        let mut value = Vec::new();
        let mut pending = 1u64;
        while pending > 0 {
            let Some(token) = tokens.next() else { break };
            pending = pending - 1 + token.parts();
            value.push(token);
        }
        if matches!(name, Token::Atom(name) if wanted.contains(&name)) {
            found.push(value);
        }
    }
    found
}

/// The behaviours that a module declares.
fn behaviours(module: &Module<'_>, names: &mut Names) -> Vec<Name> {
    let Some(attributes) = module.beam.attributes else {
        return Vec::new();
    };
    let values = attribute(attributes, &["behaviour", "behavior"]);
    let atoms = values
        .into_iter()
        .flatten()
        .filter_map(|token| match token {
            Token::Atom(atom) => Some(names.intern(atom)),
            _ => None,
        });
    atoms.collect()
}

/// What the attributes `keep` of a module name: functions, or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    All,
    Function(String, u32),
}

/// What the attributes `keep` of a module name: `-keep(all)` or `-keep([f/1, {g, 2}])`.
pub fn kept_by_attribute(module: &Module<'_>) -> Vec<Kept> {
    let Some(attributes) = module.beam.attributes else {
        return Vec::new();
    };
    let mut kept = Vec::new();
    for value in attribute(attributes, &["keep"]) {
        let is_all = |token: &Token<'_>| matches!(token, Token::Atom("all"));
        if value.iter().any(is_all) && !value.iter().any(|t| matches!(t, Token::Tuple(_))) {
            kept.push(Kept::All);
        }
        for tokens in value.windows(3) {
            if let [Token::Tuple(2), Token::Atom(name), Token::Integer(arity)] = tokens {
                kept.push(Kept::Function((*name).to_owned(), *arity as u32));
            }
        }
    }
    kept
}

/// The callbacks of a behaviour: those that its `behaviour_info/1` lists.
fn callbacks(module: &Module<'_>, names: &mut Names) -> Vec<(Name, u32)> {
    let key = names
        .find("behaviour_info")
        .and_then(|name| module.exports.get(&(name, 1)));
    let Some(function) = key.map(|index| &module.functions[*index]) else {
        return Vec::new();
    };
    let code = &module.beam.code;
    let mut callbacks = Vec::new();
    for instr in &code.instrs[function.instrs.clone()] {
        for arg in code.args(instr) {
            let Operand::Literal(index) = arg else {
                continue;
            };
            let term = module.beam.literals.get(*index as usize).unwrap_or(&[]);
            for (name, arity) in literals::functions(term) {
                callbacks.push((names.intern(name), arity));
            }
        }
    }
    callbacks
}

/// The modules that implement protocols. `Protocol.Type` does for `Type`; both names may have
/// several parts, so every place to part them is tried.
fn implementations(modules: &[Module<'_>], names: &mut Names) -> Vec<Implementation> {
    let by_name: HashMap<Name, usize> = modules
        .iter()
        .enumerate()
        .map(|(index, module)| (module.name, index))
        .collect();
    let exports = |module: usize, function: &str, names: &Names| {
        let name = names.find(function);
        name.is_some_and(|name| modules[module].exports.contains_key(&(name, 1)))
    };
    let mut found = Vec::new();
    for (module, it) in modules.iter().enumerate() {
        if !exports(module, "__impl__", names) {
            continue;
        }
        let text = names.text(it.name).to_owned();
        for (at, _) in text.match_indices('.') {
            let protocol = names.find(&text[..at]);
            let Some(protocol) = protocol.filter(|name| {
                let index = by_name.get(name);
                index.is_some_and(|index| exports(*index, "__protocol__", names))
            }) else {
                continue;
            };
            let of = names.intern(&format!("Elixir.{}", &text[at + 1..]));
            found.push(Implementation {
                module,
                protocol,
                of,
            });
        }
    }
    found
}
