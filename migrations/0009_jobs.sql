-- Work on many passes. Each line of a job is a request for one pass. The lines are in the bucket.

CREATE TABLE jobs (
    job          TEXT    NOT NULL PRIMARY KEY,
    state        TEXT    NOT NULL,         -- collecting, running, pushing, finished
    created_at   INTEGER NOT NULL,         -- unix seconds
    updated_at   INTEGER NOT NULL,         -- unix seconds: when it last moved
    sent_at      INTEGER NOT NULL,         -- unix seconds: when a message was last sent for it, or arrived
    finished_at  INTEGER,                  -- unix seconds; NULL: not finished
    cancelled_at INTEGER,                  -- unix seconds; NULL: not cancelled
    worker       TEXT    NOT NULL,         -- who works on it; all others are refused. '': nobody
    change       TEXT,                     -- JSON of a change by filter; NULL: the lines were sent
    position     TEXT    NOT NULL,         -- while it collects: the pass that was looked at last, as JSON; '': none yet
    total        INTEGER NOT NULL,         -- lines
    next_line    INTEGER NOT NULL,         -- all before this one are done; lines count from 1
    stored_line  INTEGER NOT NULL,         -- the outcomes of all before this one are in the bucket
    told_line    INTEGER NOT NULL,         -- the changes of all before this one are in the outbox
    succeeded    INTEGER NOT NULL,
    failed       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Jobs whose next message may have got lost.
CREATE INDEX jobs_unfinished ON jobs (sent_at) WHERE finished_at IS NULL;

CREATE INDEX jobs_by_creation ON jobs (created_at, job);

-- Where the lines are, and their outcomes once all of them are done.
CREATE TABLE job_chunks (
    job          TEXT    NOT NULL,
    first_line   INTEGER NOT NULL,
    last_line    INTEGER NOT NULL,
    lines_key    TEXT    NOT NULL,         -- object with the lines
    results_key  TEXT,                     -- object with their outcomes; NULL: not done yet
    results_size INTEGER NOT NULL,         -- bytes
    csv_key      TEXT,                     -- the same as CSV
    csv_size     INTEGER NOT NULL,
    PRIMARY KEY (job, first_line)
) STRICT, WITHOUT ROWID;

-- Which job an object belongs to. It is stored before the job has its name.
CREATE INDEX job_chunks_by_lines ON job_chunks (lines_key);

-- Lines that are done, until their changes are in the outbox. The transaction that publishes a line's change inserts the row, so
-- no line is done twice.
CREATE TABLE job_outcomes (
    job       TEXT    NOT NULL,
    line      INTEGER NOT NULL,
    status    INTEGER NOT NULL,            -- as the status code of the same request
    pass_type TEXT    NOT NULL,
    serial    TEXT    NOT NULL,
    changed   INTEGER NOT NULL,            -- 1: phones see a change
    outcome   TEXT,                        -- JSON; NULL: it was published, and the worker stopped before it wrote this
    PRIMARY KEY (job, line)
) STRICT, WITHOUT ROWID;
