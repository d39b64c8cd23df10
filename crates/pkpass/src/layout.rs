//! Which files a pass must have, and that they are at the top level of the archive (Apple, "Building a Pass").

use super::{
    archive::Archive,
    defect::{Defect, DefectCode, echo},
    report::Notes,
};

/// The content of the pass.
pub(super) const PASS_JSON: &str = "pass.json";
/// The SHA-1 of every file but itself and the signature.
pub(super) const MANIFEST_JSON: &str = "manifest.json";
/// The issuer's detached signature over the manifest.
pub(super) const SIGNATURE: &str = "signature";

/// A defect of `pass.json`.
pub(super) fn pass_json_defect(code: DefectCode, message: impl Into<String>) -> Defect {
    Defect::in_file(code, PASS_JSON, message)
}

/// The icon in its three resolutions. Wallet picks the one that fits the screen.
const ICONS: [&str; 3] = ["icon.png", "icon@2x.png", "icon@3x.png"];

/// macOS puts resource forks into this folder when it packs an archive.
const MAC_FOLDER: &str = "__MACOSX/";

/// Notes each required file that is missing. `None` when everything is inside a folder, because then nothing else can be right.
pub(super) fn check(archive: &Archive<'_>, notes: &mut Notes) -> Option<()> {
    if let Some(folder) = folder_around(archive) {
        notes.push(inside_folder(folder));
        return None;
    }
    for name in [PASS_JSON, MANIFEST_JSON, SIGNATURE] {
        if archive.find(name).is_none() {
            let message = format!("A pass needs the file {name} at the top level of the archive. Add it.");
            notes.push(Defect::in_file(DefectCode::FileMissing, name, message));
        }
    }
    if !ICONS.iter().any(|icon| archive.find(icon).is_some()) {
        notes.push(icon_missing());
    }
    Some(())
}

/// Notes each missing file of a template, which has no manifest and no signature, and needs an icon that fits every screen.
pub(super) fn check_template(archive: &Archive<'_>, notes: &mut Notes) -> Option<()> {
    if let Some(folder) = folder_around(archive) {
        notes.push(inside_folder(folder));
        return None;
    }
    for name in [PASS_JSON, ICONS[0]] {
        if archive.find(name).is_none() {
            let message = format!("A template needs the file {name} at the top level of the archive. Add it.");
            notes.push(Defect::in_file(DefectCode::FileMissing, name, message));
        }
    }
    Some(())
}

/// Whether macOS put the file into the archive, and not the issuer.
pub(super) fn is_of_macos(name: &str) -> bool {
    name.starts_with(MAC_FOLDER) || name == ".DS_Store" || name.ends_with("/.DS_Store")
}

/// The folder that holds the whole pass, if the issuer packed the folder instead of the files in it.
fn folder_around<'a>(archive: &'a Archive<'_>) -> Option<&'a str> {
    let mut names = archive.entries().iter().map(super::archive::Entry::name);
    let (folder, _) = names
        .clone()
        .find_map(|name| name.rsplit_once('/').filter(|(_, rest)| [PASS_JSON, MANIFEST_JSON, SIGNATURE].contains(rest)))?;
    let within = |name: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    names.all(|name| within(name) || name.starts_with(MAC_FOLDER)).then_some(folder)
}

fn inside_folder(folder: &str) -> Defect {
    let folder = echo(folder);
    let message = format!(
        "The files must be at the top level of the archive, not inside the folder {folder}/. Pack the files in the folder, not \
         the folder: run `zip -r -X ../pass.pkpass .` inside it."
    );
    Defect::in_archive(DefectCode::InsideFolder, message)
}

fn icon_missing() -> Defect {
    let message = "Wallet refuses a pass without an icon. Add icon.png, icon@2x.png or icon@3x.png at the top level of the \
                   archive, and list it in manifest.json.";
    Defect::in_archive(DefectCode::IconMissing, message)
}
