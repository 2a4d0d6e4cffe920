//! The atoms that options and results are made of.

use atomvm_core::term::Term;
use atomvm_core::term::atom::{AtomError, AtomTable};

macro_rules! names {
    ($($name:ident)*) => {
        /// The atoms of one VM.
        pub struct Names { $(pub $name: Term),* }

        impl Names {
            /// Looks the names up.
            pub fn new(atoms: &AtomTable) -> Result<Names, AtomError> {
                // `match` is a word of Rust.
                Ok(Names { $($name: atoms.intern(stringify!($name).trim_end_matches('_'))?),* })
            }
        }
    };
}

names! {
    all all_but_first all_names anchored any anycrlf binary bsr_anycrlf bsr_unicode capture caseless
    compile cr crlf dollar_endonly dotall dupnames error export extended first firstline global
    index internal_error lf list match_ match_limit match_limit_recursion multiline namelist never_utf
    newline no_auto_capture no_start_optimize nomatch none notbol noteol notempty notempty_atstart nul
    offset ok re re_exported_pattern re_pattern report_errors ucp ungreedy unicode
}
