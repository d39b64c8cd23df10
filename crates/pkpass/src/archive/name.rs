//! Names of entries: plain relative paths with `/` between the parts (APPNOTE 4.4.17).

/// Longest part of a path, in bytes: what the file systems of phones take.
const MAX_PART_BYTES: usize = 255;

/// Longest path, in bytes: `PATH_MAX` of the systems of Apple.
pub(super) const MAX_BYTES: usize = 1024;

/// The icon of a folder in macOS, the one name with a control character that a folder may really have.
const FOLDER_ICON: &str = "Icon\r";

/// Checks an entry's name; the slash at a folder's end is fine.
///
/// # Errors
///
/// The reason, as the end of a sentence that begins with "The name".
pub(super) fn check(name: &[u8]) -> Result<&str, &'static str> {
    let text = std::str::from_utf8(name).map_err(|_| "is not UTF-8")?;
    let path = text.strip_suffix('/').unwrap_or(text);
    if text.starts_with('/') {
        Err("is an absolute path")
    } else if text.contains('\\') {
        Err("has a backslash in it; between folder and file goes a slash")
    } else if without_folder_icon(text).chars().any(char::is_control) {
        Err("has a control character in it")
    } else if path.len() > MAX_PART_BYTES && path.split('/').any(|part| part.len() > MAX_PART_BYTES) {
        Err("has a part of more than 255 bytes, which phones cannot store")
    } else if text.len() > MAX_BYTES {
        Err("has more than 1024 bytes, which phones cannot store")
    } else if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        Err("has an empty, `.` or `..` part in its path")
    } else {
        Ok(text)
    }
}

fn without_folder_icon(path: &str) -> &str {
    path.strip_suffix(FOLDER_ICON).filter(|folder| folder.is_empty() || folder.ends_with('/')).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_paths_are_names() {
        for good in ["a", "en.lproj/pass.strings", "en.lproj/", "...", "..a/b..", "ü/日本 x", "Icon\r", "a/Icon\r"] {
            assert_eq!(check(good.as_bytes()), Ok(good));
        }
        assert!(check(format!("{0}/{0}", "x".repeat(MAX_PART_BYTES)).as_bytes()).is_ok());
        assert!(check("a/".repeat(MAX_BYTES / 2).as_bytes()).is_ok());
        assert!(check("a/".repeat(MAX_BYTES / 2 + 1).as_bytes()).is_err());
        assert!(check(format!("a/{}", "x".repeat(MAX_PART_BYTES.saturating_add(1))).as_bytes()).is_err());
        for bad in [
            "", "/", "/a", "//", "a//b", "a//", ".", "..", "./a", "a/../b", "a/.", "../", "a\\b", "a\0", "a\n", "Icon\r/x",
            "xIcon\r",
        ] {
            assert!(check(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(check(b"a\xFF").is_err());
    }
}
