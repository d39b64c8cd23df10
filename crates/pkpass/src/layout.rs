//! Which files a pass must have, and that they are at the top level of the archive (Apple, "Building a Pass").

use super::{
    archive::{Archive, Entry},
    defect::{Defect, DefectCode, echo},
    kind::Kind,
    leftovers::is_leftover,
    report::Notes,
    warning::{Warning, WarningCode},
};

/// The content of the pass.
pub(super) const PASS_JSON: &str = "pass.json";
/// The SHA-1 of every file but itself and the signature.
pub(super) const MANIFEST_JSON: &str = "manifest.json";
/// The issuer's detached signature over the manifest.
pub(super) const SIGNATURE: &str = "signature";

/// The questions of a pass that Wallet personalizes, for which its certificate must be one for NFC.
pub(super) const PERSONALIZATION_JSON: &str = "personalization.json";

/// A defect of `pass.json`.
pub(super) fn pass_json_defect(code: DefectCode, message: impl Into<String>) -> Defect {
    Defect::in_file(code, PASS_JSON, message)
}

/// The icon in its three resolutions, as Wallet picks them, and as the PDF that Apple's Pass Designer allows.
const ICONS: [[&str; 2]; 3] = [["icon.png", "icon.pdf"], ["icon@2x.png", "icon@2x.pdf"], ["icon@3x.png", "icon@3x.pdf"]];

/// The files besides the icon that an archive needs.
fn required(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Pass => &[PASS_JSON, MANIFEST_JSON, SIGNATURE],
        Kind::Template => &[PASS_JSON],
    }
}

/// Notes each required file that is missing. Takes the folder off that is around the files: Wallet does not, but the other
/// defects are worth knowing all the same; and a template may have one, as `.pkpasstemplate` has.
pub(super) fn check(archive: &mut Archive<'_>, kind: Kind, notes: &mut Notes) {
    if let Some(folder) = folder_around(archive).map(str::to_owned) {
        if kind == Kind::Pass || folder.contains('/') {
            notes.push(inside_folder(&folder, kind));
        }
        archive.enter(&folder);
    }
    archive.check_portability(notes);
    for name in required(kind) {
        if archive.find(name).is_none() {
            let remedy = near_miss(archive, name).unwrap_or_else(|| "Add it.".to_owned());
            let message = format!("A {} needs the file {name} at the top level of the archive. {remedy}", kind.noun());
            notes.push(Defect::in_file(DefectCode::FileMissing, name, message));
        }
    }
    check_icons(archive, kind, notes);
}

/// The names of the entries that somebody meant to be there.
fn names<'a>(archive: &'a Archive<'_>) -> impl Iterator<Item = &'a str> + Clone {
    archive.entries().iter().map(Entry::name).filter(|name| !is_leftover(name))
}

/// What to do about a file that is there under another name, or in a folder.
fn near_miss(archive: &Archive<'_>, wanted: &str) -> Option<String> {
    if let Some(name) = names(archive).find(|name| name.eq_ignore_ascii_case(wanted)) {
        return Some(format!("{name} is another name, as upper and lower case count. Rename it."));
    }
    let (folder, _) = names(archive).filter_map(|name| name.rsplit_once('/')).find(|(_, last)| *last == wanted)?;
    Some(format!("It is in {}/; move all files out of this folder.", echo(folder)))
}

/// An icon in a `.lproj` folder does not count, as in Apple's validator: phones of other languages have none then.
fn check_icons(archive: &Archive<'_>, kind: Kind, notes: &mut Notes) {
    let icons = ICONS.map(|names| names.iter().find_map(|name| archive.find(name)));
    if icons.iter().all(Option::is_none) {
        notes.push(icon_missing(archive, kind));
        return;
    }
    for icon in icons.iter().flatten().filter(|icon| icon.size() == 0) {
        let message = "Wallet refuses a pass whose icon is an empty file. Put the image into it.";
        notes.push(Defect::in_file(DefectCode::IconEmpty, icon.name(), message));
    }
    // Phones have screens of the two higher resolutions only.
    let [_, scaled @ ..] = icons;
    let [_, names @ ..] = ICONS;
    for ([name, _], _) in names.iter().zip(scaled).filter(|(_, icon)| icon.is_none()) {
        let message = format!("{name} is missing, so screens of that resolution show the icon in another size. Add it.");
        notes.warn(Warning::in_file(WarningCode::IconScale, name, message));
    }
}

/// The folder that holds all files, if somebody packed the folder instead of the files in it. What systems leave beside it does
/// not count.
fn folder_around<'a>(archive: &'a Archive<'_>) -> Option<&'a str> {
    let mut names = names(archive);
    let files = [PASS_JSON, MANIFEST_JSON, SIGNATURE];
    let (folder, _) = names.clone().filter_map(|name| name.rsplit_once('/')).find(|(_, rest)| files.contains(rest))?;
    let within = |name: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    names.all(within).then_some(folder)
}

fn inside_folder(folder: &str, kind: Kind) -> Defect {
    let (folder, noun, command) = (echo(folder), kind.noun(), kind.command());
    let place = match kind {
        Kind::Pass => "must be at the top level of the archive",
        Kind::Template => "may have one folder around them, no more",
    };
    let message = format!(
        "The files of a {noun} {place}; these are in {folder}/. Pack the files in the folder, not the folder: run `{command}` \
         inside it."
    );
    Defect::in_archive(DefectCode::InsideFolder, message)
}

fn icon_missing(archive: &Archive<'_>, kind: Kind) -> Defect {
    let is_like_one = |name: &&str| name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("icon"));
    let other = names(archive).find(is_like_one);
    let other = other.map_or_else(String::new, |name| format!(" {} is no name that Wallet knows.", echo(name)));
    let listed = if kind == Kind::Pass { ", and list it in manifest.json" } else { "" };
    let message = format!(
        "Wallet refuses a pass without an icon.{other} Add icon@2x.png and icon@3x.png at the top level of the \
         archive{listed}. An icon in a .lproj folder is for that language only."
    );
    Defect::in_archive(DefectCode::IconMissing, message)
}
