//! The bucket in a server's [directory](super::Server::state): how wrangler stores objects.

use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Gives the newest object below this prefix another content, behind the service's back. `None` removes it.
#[track_caller]
pub fn replace_object(state: &Path, prefix: &str, content: Option<&[u8]>) {
    let bucket = state.join("v3/r2");
    let objects = open(&bucket.join("miniflare-R2BucketObject"));
    let newest = "SELECT key, blob_id FROM _mf_objects WHERE substr(key, 1, length(?1)) = ?1 ORDER BY uploaded DESC LIMIT 1";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let (key, blob) = objects.query_row(newest, [prefix], row).unwrap_or_else(|error| panic!("{prefix}: {error}"));
    let changed = if let Some(content) = content {
        let path = find(&bucket, &blob).unwrap_or_else(|| panic!("{key} has no content"));
        fs::write(path, content).expect("the state is writable");
        objects.execute("UPDATE _mf_objects SET size = ?2 WHERE key = ?1", (&key, content.len().to_string()))
    } else {
        objects.execute("DELETE FROM _mf_objects WHERE key = ?1", [&key])
    };
    assert_eq!(changed, Ok(1), "{key}");
}

fn open(directory: &Path) -> Connection {
    let files = fs::read_dir(directory).expect("there is a bucket").flatten().map(|file| file.path());
    let mut databases = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "sqlite") && !path.ends_with("metadata.sqlite"));
    Connection::open(databases.next().expect("there is a bucket")).expect("it can be opened")
}

fn find(directory: &Path, name: &str) -> Option<PathBuf> {
    fs::read_dir(directory)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find_map(|path| if path.is_dir() { find(&path, name) } else { path.ends_with(name).then_some(path) })
}
