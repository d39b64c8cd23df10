-- What edgepass makes passes of and signs them with.

-- A certificate with its private key: one per pass type, which a new one replaces.
CREATE TABLE signing_identities (
    pass_type     TEXT    NOT NULL PRIMARY KEY,
    version       TEXT    NOT NULL,        -- unique to an upload: by it an isolate knows whether what it keeps is the newest
    certificate   TEXT    NOT NULL,        -- DER in base64
    intermediate  TEXT    NOT NULL,        -- DER in base64: the certificate of its issuer
    private_key   TEXT    NOT NULL,        -- PKCS #8, sealed under the master key for this pass type
    subject       TEXT    NOT NULL,        -- the certificate's, for people
    team          TEXT    NOT NULL,        -- teamIdentifier
    serial_number TEXT    NOT NULL,        -- the certificate's, in hex
    not_before    INTEGER NOT NULL,        -- unix seconds
    not_after     INTEGER NOT NULL,        -- unix seconds
    stored_at     INTEGER NOT NULL         -- unix seconds
) STRICT, WITHOUT ROWID;

-- Which end soon.
CREATE INDEX signing_identities_by_end ON signing_identities (not_after);

-- A pass without what makes it one person's.
CREATE TABLE templates (
    name        TEXT    NOT NULL PRIMARY KEY,
    version     TEXT    NOT NULL,          -- SHA-256 of the prepared file; the ETag
    object_key  TEXT    NOT NULL,          -- where the prepared file is in the bucket
    size        INTEGER NOT NULL,          -- bytes of the prepared file
    modified_at INTEGER NOT NULL           -- unix seconds
) STRICT, WITHOUT ROWID;

-- What a pass was made from. NULL: it was uploaded as a signed file.
ALTER TABLE passes ADD COLUMN template TEXT;
-- What this pass has of its own: a JSON array of merge patches (RFC 7396), applied to the template one after the other.
ALTER TABLE passes ADD COLUMN fields TEXT;

-- Which passes were made from this template.
CREATE INDEX passes_by_template ON passes (template, pass_type, serial) WHERE template IS NOT NULL;

-- The newest run that makes all passes of a template again, and how far it came.
CREATE TABLE republications (
    template     TEXT    NOT NULL PRIMARY KEY,
    run          TEXT    NOT NULL,         -- messages that name another run are of an earlier one
    started_at   INTEGER NOT NULL,         -- unix seconds
    updated_at   INTEGER NOT NULL,         -- unix seconds: when it last moved
    sent_at      INTEGER NOT NULL,         -- unix seconds: when a message was last sent for it
    finished_at  INTEGER,                  -- unix seconds; NULL: not finished
    total        INTEGER NOT NULL,         -- passes of the template when it started
    changed      INTEGER NOT NULL,
    unchanged    INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    failures     TEXT    NOT NULL,         -- JSON: the first of them as [passType, serial, reason]
    after_type   TEXT    NOT NULL,         -- the pass that was made last, in the order of type and serial
    after_serial TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs whose next message may have got lost.
CREATE INDEX republications_unfinished ON republications (sent_at) WHERE finished_at IS NULL;
