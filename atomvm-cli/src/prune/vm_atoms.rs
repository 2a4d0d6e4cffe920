//! The atoms that the VM itself makes: results and reasons of built-in functions, messages.
//!
//! They are listed in `vm_atoms.txt`: every word in quotes in the sources of the VM (but for the names of
//! its built-in functions), and every word in
//! those of its regular expressions and files, which name atoms without quotes: more than enough.

/// Words among them that the VM only reads, as options.
const ONLY_READ: [&str; 1] = ["global"];

/// The atoms that the VM itself may make.
pub fn all() -> impl Iterator<Item = &'static str> {
    let listed = include_str!("vm_atoms.txt").lines();
    listed.filter(|atom| !ONLY_READ.contains(atom))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// The folders with built-in functions.
    const SOURCES: [&str; 3] = ["atomvm-core/src", "atomvm-host/src", "atomvm-re/src"];

    fn words(folder: &Path, found: &mut BTreeSet<String>) {
        let plain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../atomvm-core");
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                words(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs" || it == "in") {
                let text = fs::read_to_string(&path).expect("a source");
                // Names in tables of built-in functions are not made, nor are words of comments.
                let is_code = |line: &&str| {
                    let line = line.trim_start();
                    !line.starts_with("bif(\"") && !line.starts_with("//")
                };
                let text: Vec<&str> = text.lines().filter(is_code).collect();
                if !folder.starts_with(&plain) {
                    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                    let all = text.iter().flat_map(|line| line.split(|c| !is_part(c)));
                    found.extend(all.filter(|word| is_word(word)).map(str::to_owned));
                }
                // The list of atoms holds nothing else.
                let is_list = path.extension().is_some_and(|it| it == "in");
                for line in &text {
                    let quoted = line.split('"').skip(1).step_by(2);
                    let atoms = quoted.filter(|word| is_list || is_word(word));
                    found.extend(atoms.map(str::to_owned));
                }
            }
        }
    }

    fn is_word(text: &str) -> bool {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.');
        let is_first = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$');
        text.strip_prefix(is_first)
            .is_some_and(|rest| rest.chars().all(is_part))
    }

    /// With `ATOMVM_WRITE=1` the list is written.
    #[test]
    fn the_list_is_complete() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = BTreeSet::new();
        for folder in SOURCES {
            words(&root.join(folder), &mut found);
        }
        if std::env::var_os("ATOMVM_WRITE").is_some() {
            let lines: Vec<String> = found.iter().map(|word| format!("{word}\n")).collect();
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/prune/vm_atoms.txt");
            fs::write(file, lines.concat()).expect("the list");
            return;
        }
        let listed: BTreeSet<&str> = super::all().chain(super::ONLY_READ).collect();
        let missing: Vec<_> = found
            .iter()
            .filter(|it| !listed.contains(it.as_str()))
            .collect();
        assert!(
            missing.is_empty(),
            "run this test with ATOMVM_WRITE=1: {missing:?}"
        );
    }
}
