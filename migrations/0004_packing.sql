-- Device identifiers and push tokens that are hex, as Apple's are, are stored as their bytes: half as many. All columns ANY
-- below hold what `pack` in buildtime/pack.rs makes of a text: a blob for hex in small letters, any other text as it is. The
-- checks refuse hex that was left as text, which no statement would find. To look at it: lower(hex(device_id)).
--
-- `device` is called `device_id` from now on, so that a Worker of an earlier version, while the new one rolls out, fails with
-- 503, which phones and the queue try again, instead of telling a phone that nothing changed. Pages under way need nothing:
-- their JSON has the texts. One that such a worker cannot conclude is taken over.

CREATE TABLE registrations_packed (
    device_id     ANY     NOT NULL CHECK (device_id <> lower(hex(unhex(device_id)))),   -- deviceLibraryIdentifier, packed
    pass_type     TEXT    NOT NULL,
    serial        TEXT    NOT NULL,
    push_token    ANY     NOT NULL CHECK (push_token <> lower(hex(unhex(push_token)))), -- packed; the newest the device sent; it rotates
    client        TEXT,                    -- NULL: Apple Wallet
    registered_at INTEGER NOT NULL,        -- unix seconds of the row's last change
    PRIMARY KEY (device_id, pass_type, serial)
) STRICT, WITHOUT ROWID;

INSERT INTO registrations_packed (device_id, pass_type, serial, push_token, client, registered_at)
SELECT iif(device = lower(hex(unhex(device))), unhex(device), device), pass_type, serial,
    iif(push_token = lower(hex(unhex(push_token))), unhex(push_token), push_token), client, registered_at
FROM registrations;

DROP TABLE registrations;
ALTER TABLE registrations_packed RENAME TO registrations;

-- By pass and client, so that what belongs to one push service can be counted and walked without the others.
CREATE INDEX registrations_by_client ON registrations (pass_type, serial, client);

CREATE TABLE push_devices_packed (
    pass_type     TEXT    NOT NULL,
    device_id     ANY     NOT NULL CHECK (device_id <> lower(hex(unhex(device_id)))),   -- packed
    client        TEXT    NOT NULL,
    covered       INTEGER NOT NULL,        -- the pass type's revision when it was handed out last: what it is told of
    pushed_at     INTEGER NOT NULL,        -- unix milliseconds of that; equals the page's opened_at
    due_at        INTEGER,                 -- unix milliseconds: to be handed out again then
    attempts      INTEGER NOT NULL,        -- failures in a row
    failing_since INTEGER,                 -- unix milliseconds of the first of them
    reason        TEXT,                    -- of the last of them
    PRIMARY KEY (pass_type, device_id, client)
) STRICT, WITHOUT ROWID;

INSERT INTO push_devices_packed (pass_type, device_id, client, covered, pushed_at, due_at, attempts, failing_since, reason)
SELECT pass_type, iif(device = lower(hex(unhex(device))), unhex(device), device), client, covered, pushed_at, due_at,
    attempts, failing_since, reason
FROM push_devices;

DROP TABLE push_devices;
ALTER TABLE push_devices_packed RENAME TO push_devices;

CREATE INDEX push_devices_due ON push_devices (client, due_at) WHERE due_at IS NOT NULL;

-- Laps walk devices in the order in which they are stored, and text comes before bytes: devices that a lap under way had still
-- before it may now be behind it. So it begins again, which makes up for another one that was to follow. Devices that were
-- handed out since the pass changed are left out.
UPDATE push_jobs SET after_device = '', again = 0 WHERE after_device <> '';
