-- Cards: what a pass has of its own by the keys of its fields, and an issuer's own name for it.

-- The pass's own values: a JSON object from the key of a field to a text or a number. NULL: none.
ALTER TABLE passes ADD COLUMN field_values TEXT;
-- The issuer's own identifier. NULL: none.
ALTER TABLE passes ADD COLUMN external_id TEXT;

-- Which passes of this template have this identifier.
CREATE INDEX passes_by_external_id ON passes (external_id, template, pass_type, serial) WHERE external_id IS NOT NULL;

-- Numbers to add to values. A row counts from its transaction on; the publication that applies it is another transaction.
-- Applied rows stay for a day, so that a repeated request adds nothing.
CREATE TABLE increments (
    pass_type  TEXT    NOT NULL,
    serial     TEXT    NOT NULL,
    id         TEXT    NOT NULL,           -- the request's Idempotency-Key, or its own identifier
    request    TEXT    NOT NULL,           -- SHA-256 of what was asked for: another request must not use this id
    deltas     TEXT    NOT NULL,           -- JSON object: key -> number
    added_at   INTEGER NOT NULL,           -- unix seconds
    due_at     INTEGER NOT NULL,           -- unix seconds: from then on the cron trigger makes the pass
    applied_at INTEGER,                    -- unix seconds; NULL: pending
    PRIMARY KEY (pass_type, serial, id)
) STRICT, WITHOUT ROWID;

-- Which increments are pending.
CREATE INDEX increments_pending ON increments (pass_type, serial) WHERE applied_at IS NULL;
