-- What devices are still to be told. In all three tables `client` is '' for Apple Wallet.

-- By pass and client, so that what belongs to one push service can be counted and walked without the others.
CREATE INDEX registrations_by_client ON registrations (pass_type, serial, client);
DROP INDEX registrations_by_pass;

-- The outbox: one row per pass and client that has a change to tell of, or had one.
CREATE TABLE push_jobs (
    pass_type    TEXT    NOT NULL,
    serial       TEXT    NOT NULL,
    client       TEXT    NOT NULL,
    revision     INTEGER NOT NULL,         -- of the newest change
    devices      INTEGER NOT NULL,         -- how many had registered it then; 1001: more than a thousand
    after_device TEXT    NOT NULL,         -- of the lap under way: up to this one they were handed out
    again        INTEGER NOT NULL,         -- 1: the pass changed during the lap, another follows
    started_at   INTEGER NOT NULL,         -- unix milliseconds: when the newest lap began; 0: none yet
    due_at       INTEGER,                  -- unix milliseconds; NULL: all were handed out
    dropped      INTEGER NOT NULL,         -- registrations that were deleted because their push token was dead
    PRIMARY KEY (pass_type, serial, client)
) STRICT, WITHOUT ROWID;

CREATE INDEX push_jobs_due ON push_jobs (client, due_at) WHERE due_at IS NOT NULL;

-- Devices that were handed out to a worker, which has to conclude the page. One that does not has died, and another worker
-- takes the page over.
CREATE TABLE push_pages (
    page      TEXT    NOT NULL PRIMARY KEY,
    client    TEXT    NOT NULL,
    worker    TEXT    NOT NULL,            -- who has it
    opened_at INTEGER NOT NULL,            -- unix milliseconds
    due_at    INTEGER NOT NULL,            -- unix milliseconds: from then on it may be taken over
    tries     INTEGER NOT NULL,            -- workers in a row that did not conclude it
    devices   TEXT    NOT NULL,            -- JSON: [passType, device] of each
    jobs      TEXT    NOT NULL,            -- JSON: [passType, serial, the device reached or null] of each job they are from
    deferred  TEXT    NOT NULL             -- JSON: [passType, device] of each that was pushed a moment ago
) STRICT, WITHOUT ROWID;

CREATE INDEX push_pages_due ON push_pages (client, due_at);

-- What a device was told last, by pass type: a phone lists by type, so one push tells of all its passes. A device that is
-- registered by two clients is two.
CREATE TABLE push_devices (
    pass_type     TEXT    NOT NULL,
    device        TEXT    NOT NULL,
    client        TEXT    NOT NULL,
    covered       INTEGER NOT NULL,        -- the pass type's revision when it was handed out last: what it is told of
    pushed_at     INTEGER NOT NULL,        -- unix milliseconds of that; equals the page's opened_at
    due_at        INTEGER,                 -- unix milliseconds: to be handed out again then
    attempts      INTEGER NOT NULL,        -- failures in a row
    failing_since INTEGER,                 -- unix milliseconds of the first of them
    reason        TEXT,                    -- of the last of them
    PRIMARY KEY (pass_type, device, client)
) STRICT, WITHOUT ROWID;

CREATE INDEX push_devices_due ON push_devices (client, due_at) WHERE due_at IS NOT NULL;

-- A push service that takes nothing from us for the time being: an outage, or our configuration.
CREATE TABLE push_holds (
    client    TEXT    NOT NULL,
    pass_type TEXT    NOT NULL,            -- '': all
    until     INTEGER NOT NULL,            -- unix milliseconds
    since     INTEGER NOT NULL,            -- unix milliseconds
    times     INTEGER NOT NULL,            -- in a row
    cause     TEXT    NOT NULL,            -- outage, configuration
    reason    TEXT    NOT NULL,
    PRIMARY KEY (client, pass_type)
) STRICT, WITHOUT ROWID;

-- What came of all pushes so far.
CREATE TABLE push_counters (
    client    TEXT    NOT NULL,
    pass_type TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,            -- delivered, dead, later, given up, held
    reason    TEXT    NOT NULL,            -- '' for delivered
    count     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,            -- unix milliseconds
    PRIMARY KEY (client, pass_type, outcome, reason)
) STRICT, WITHOUT ROWID;
