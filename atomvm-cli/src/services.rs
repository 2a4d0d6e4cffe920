//! OTP's own applications and logging in a pack that stands alone.
//!
//! Most programs do without: the small modules of `libs/small` are enough for them. One that starts
//! applications or manages handlers of its log gets OTP's modules. As in the VM's library, a module that
//! starts them when they are first called stands for each, and the module itself is a plain file.

use atomvm_core::code::ahead::without_translation;
use atomvm_core::pack::{FLAG_BEAM, FLAG_FILE, Pack};
use atomvm_host::LIBRARY;

use crate::inputs::{GivenFile, GivenModule, LIBRARY_ORIGIN};

/// The small modules that OTP's take the places of.
pub const SERVICES: [&str; 4] = [
    "application",
    "application_controller",
    "error_logger",
    "logger",
];

/// Those for which another module stands until they are needed.
const LATE: [&str; 2] = ["application_controller", "logger"];

/// What stands in a pack for a late module until it is needed.
pub fn stand_in(module: &str) -> String {
    format!("{module}.beam")
}

/// Where a late module itself stands in a pack.
pub fn late_file(module: &str) -> String {
    format!("otp/{module}.beam")
}

/// OTP's modules, and the files that belong to them.
///
/// # Errors
///
/// None, unless the library itself is damaged.
pub fn of_library() -> Result<(Vec<GivenModule>, Vec<GivenFile>), String> {
    let pack = Pack::parse(LIBRARY).map_err(|error| error.to_string())?;
    let find = |name: &str| {
        let found = pack.entries().iter().find(|entry| entry.name == name);
        found.ok_or_else(|| format!("{LIBRARY_ORIGIN} lacks {name}"))
    };
    let module = |name: &str| {
        without_translation(find(&stand_in(name))?.data).map_err(|error| error.to_string())
    };
    let file = |name: String, flags, data| GivenFile {
        name,
        origin: LIBRARY_ORIGIN.to_owned(),
        flags,
        data,
    };
    let mut modules = Vec::new();
    let mut files = Vec::new();
    for name in SERVICES {
        let is_late = LATE.contains(&name);
        let bytes = match is_late {
            true => find(&late_file(name))?.contents().to_vec(),
            false => module(name)?,
        };
        modules.push(GivenModule {
            name: name.to_owned(),
            origin: format!("{LIBRARY_ORIGIN}: {}", stand_in(name)),
            bytes,
            is_elsewhere: false,
            is_late,
        });
        if is_late {
            files.push(file(stand_in(name), FLAG_BEAM, module(name)?));
        }
    }
    for application in ["kernel", "stdlib"] {
        let name = format!("{application}/priv/application.bin");
        let data = find(&name)?.data.to_vec();
        files.push(file(name, FLAG_FILE, data));
    }
    Ok((modules, files))
}
