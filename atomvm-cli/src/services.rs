//! OTP's own applications and logging in a pack that stands alone.
//!
//! Most programs do without: the small modules of `libs/small` are enough for them. One that starts
//! applications or manages handlers of its log gets OTP's modules. As in the VM's library, a module that
//! starts them when they are first called stands for each, and the module itself is a plain file.

use atomvm_core::pack::{FLAG_BEAM, FLAG_FILE, Pack};
use atomvm_host::LIBRARY;

use crate::inputs::{GivenFile, GivenModule, LIBRARY_ORIGIN};
use crate::translate::without_translations;

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
    let library = without_translations(LIBRARY)?;
    let pack = Pack::parse(&library).map_err(|error| error.to_string())?;
    let find = |name: &str| {
        let found = pack.entries().iter().find(|entry| entry.name == name);
        found.ok_or_else(|| format!("{LIBRARY_ORIGIN} lacks {name}"))
    };
    let file = |name: &str, flags| {
        Ok::<_, String>(GivenFile {
            name: name.to_owned(),
            origin: LIBRARY_ORIGIN.to_owned(),
            flags,
            data: find(name)?.data.to_vec(),
        })
    };
    let mut modules = Vec::new();
    let mut files = Vec::new();
    for name in SERVICES {
        let is_late = LATE.contains(&name);
        let bytes = match is_late {
            // The file's length stands before its contents.
            true => find(&late_file(name))?.data.get(4..).unwrap_or_default(),
            false => find(&stand_in(name))?.data,
        };
        modules.push(GivenModule {
            name: name.to_owned(),
            origin: format!("{LIBRARY_ORIGIN}: {}", stand_in(name)),
            bytes: bytes.to_vec(),
            is_elsewhere: false,
            is_late,
        });
        if is_late {
            files.push(file(&stand_in(name), FLAG_BEAM)?);
        }
    }
    for application in ["kernel", "stdlib"] {
        let name = format!("{application}/priv/application.bin");
        files.push(file(&name, FLAG_FILE)?);
    }
    Ok((modules, files))
}
