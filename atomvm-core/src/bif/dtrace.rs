//! `erlang`: tags for the host's dynamic tracing, as OTP has them where it is built without that:
//! there is no tag, and what should carry one stays as it is.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "dt_put_tag", 1, undefined),
    bif("erlang", "dt_get_tag", 0, undefined),
    bif("erlang", "dt_get_tag_data", 0, undefined),
    bif("erlang", "dt_append_vm_tag_data", 1, |_, args| Ok(args[0])),
    bif("erlang", "dt_prepend_vm_tag_data", 1, |_, args| Ok(args[0])),
    bif("erlang", "dt_spread_tag", 1, |_, args| {
        match args[0].as_bool() {
            Some(_) => Ok(atoms::TRUE),
            None => Err(Raise::BADARG),
        }
    }),
    bif("erlang", "dt_restore_tag", 1, |_, args| match args[0] {
        atoms::TRUE => Ok(atoms::TRUE),
        _ => Err(Raise::BADARG),
    }),
];

fn undefined(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(atoms::UNDEFINED)
}
