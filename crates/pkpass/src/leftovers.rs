//! Files that systems and tools leave in folders and archives. Wallet has no use for them, and holders should not get them.

/// Their names, anywhere in a path: as a file, or as a folder with all that is in it.
const NAMES: [&str; 11] = [
    // macOS: settings of the Finder, icons and tags of folders, resource forks, and what it keeps on each disk.
    ".DS_Store",
    "Icon\r",
    "__MACOSX",
    ".AppleDouble",
    ".fseventsd",
    ".Spotlight-V100",
    // Windows: previews of images, settings of folders.
    "Thumbs.db",
    "desktop.ini",
    // Version control, Java archives, and the notes of Apple's Pass Designer and Pass Builder to themselves.
    ".git",
    "META-INF",
    "tooling.json",
];

/// The resource fork of the file whose name follows.
const RESOURCE_FORK: &str = "._";

/// Whether a path is a leftover, or in a folder that is one.
pub(crate) fn is_leftover(path: &str) -> bool {
    let is_name = |part: &str| NAMES.iter().any(|name| name.len() == part.len() && name.eq_ignore_ascii_case(part));
    path.split('/').any(|part| part.starts_with(RESOURCE_FORK) || is_name(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_known_wherever_they_are() {
        let leftovers = [
            "._icon.png",
            "en.lproj/._pass.strings",
            ".DS_Store",
            "a/.DS_Store",
            "__MACOSX/",
            "__MACOSX/x",
            "a/.AppleDouble/b",
            ".fseventsd/0",
            ".Spotlight-V100/Store",
            "Icon\r",
            "a/Icon\r",
            "thumbs.db",
            "Desktop.ini",
            ".git/HEAD",
            ".git",
            "META-INF/MANIFEST.MF",
            "tooling.json",
        ];
        for path in leftovers {
            assert!(is_leftover(path), "{path:?}");
        }
        for path in ["", "icon.png", "Icon", "_", "a._", "MACOSX/x", ".gitignore", "en.lproj/logo.png", "tooling.json.png"] {
            assert!(!is_leftover(path), "{path:?}");
        }
    }
}
