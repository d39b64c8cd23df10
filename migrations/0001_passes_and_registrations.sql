-- The passes an issuer published, who holds them, and what devices reported.
-- All tables are STRICT (a wrong type is an error, not a surprise) and WITHOUT ROWID (one row written per insert, not two).

-- A kind of pass, such as pass.com.example.coffee, and the revision of its newest change.
CREATE TABLE pass_types (
    pass_type   TEXT    NOT NULL PRIMARY KEY,
    revision    INTEGER NOT NULL,          -- rises with every change of any pass of this type
    publication TEXT    NOT NULL           -- the upload that was admitted last; marks one batch's statements as its own
) STRICT, WITHOUT ROWID;

CREATE TABLE passes (
    pass_type       TEXT    NOT NULL,
    serial          TEXT    NOT NULL,
    token_sha256    TEXT,                  -- lowercase hex of the authentication token's SHA-256; NULL: no web service
    revision        INTEGER NOT NULL,      -- of the newest change of this pass
    modified_at     INTEGER NOT NULL,      -- unix seconds; Last-Modified
    manifest_sha256 TEXT    NOT NULL,      -- equal manifests are the same pass to a phone
    file_sha256     TEXT    NOT NULL,      -- the ETag
    object_key      TEXT    NOT NULL,      -- where the file is in the bucket
    size            INTEGER NOT NULL,      -- bytes of the file
    withdrawn_at    INTEGER,               -- unix seconds; NULL: not withdrawn
    PRIMARY KEY (pass_type, serial)
) STRICT, WITHOUT ROWID;

-- One row: this device wants to hear of changes of this pass.
CREATE TABLE registrations (
    device        TEXT    NOT NULL,        -- deviceLibraryIdentifier, opaque
    pass_type     TEXT    NOT NULL,
    serial        TEXT    NOT NULL,
    push_token    TEXT    NOT NULL,        -- the newest the device sent; it rotates
    client        TEXT,                    -- NULL: Apple Wallet
    registered_at INTEGER NOT NULL,        -- unix seconds of the row's last change
    PRIMARY KEY (device, pass_type, serial)
) STRICT, WITHOUT ROWID;

-- Who holds this pass: for pushing and counting.
CREATE INDEX registrations_by_pass ON registrations (pass_type, serial);

-- Files that were replaced. They are kept while a Time Travel restore could bring their row back.
CREATE TABLE retired_objects (
    object_key TEXT    NOT NULL PRIMARY KEY,
    retired_at INTEGER NOT NULL            -- unix seconds
) STRICT, WITHOUT ROWID;

-- What devices reported to /v1/log: a counter and one redacted sample per day, pass type and kind, never the lines themselves.
CREATE TABLE device_log (
    day       INTEGER NOT NULL,            -- days since 1970-01-01, UTC
    pass_type TEXT    NOT NULL,            -- '' when the line names none that is known
    kind      TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    sample    TEXT    NOT NULL,
    PRIMARY KEY (day, pass_type, kind)
) STRICT, WITHOUT ROWID;

-- How far a recurring job came.
CREATE TABLE upkeep (
    job      TEXT NOT NULL PRIMARY KEY,
    progress TEXT NOT NULL
) STRICT, WITHOUT ROWID;
