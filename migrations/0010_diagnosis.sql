-- What was answered to requests with an Idempotency-Key. A repetition gets the same answer for 24 hours.
CREATE TABLE idempotency_keys (
    key_sha256     TEXT    NOT NULL PRIMARY KEY, -- of the key, the method and the path
    request_sha256 TEXT    NOT NULL,             -- of the query, the media type and the body
    created_at     INTEGER NOT NULL,             -- unix seconds of the first attempt
    attempt        TEXT    NOT NULL,             -- the request that carries it out
    attempted_at   INTEGER NOT NULL,             -- unix seconds; a minute later another request may take over
    status         INTEGER,                      -- of the answer; NULL: there is none yet
    answer         TEXT                          -- header fields and body, sealed: a link is a secret
) STRICT, WITHOUT ROWID;

-- Which are older than a day.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Requests of devices that named a pass and had a wrong token for it. At most one a minute is counted.
CREATE TABLE token_refusals (
    pass_type TEXT    NOT NULL,
    serial    TEXT    NOT NULL,
    count     INTEGER NOT NULL,
    first_at  INTEGER NOT NULL, -- unix seconds; after 30 days without a refusal the count begins again
    last_at   INTEGER NOT NULL, -- unix seconds
    PRIMARY KEY (pass_type, serial)
) STRICT, WITHOUT ROWID;
