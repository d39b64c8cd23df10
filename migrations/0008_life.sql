-- The life of a pass: whether a phone ever registered it, whether its owner removed it, and what phones were told of it.

ALTER TABLE passes ADD COLUMN first_registered_at INTEGER; -- unix seconds of the first registration ever; NULL: none so far
ALTER TABLE passes ADD COLUMN last_removed_at INTEGER;     -- unix seconds when a device last ended its registration

-- `registered_at` is that of a row's last change, so the first registration may have been earlier.
UPDATE passes SET first_registered_at = (
    SELECT min(r.registered_at) FROM registrations AS r WHERE r.pass_type = passes.pass_type AND r.serial = passes.serial)
WHERE EXISTS (SELECT 1 FROM registrations AS r WHERE r.pass_type = passes.pass_type AND r.serial = passes.serial);

-- A statement for this would read the pass with each repeated registration. The trigger reads it with a new row only. A
-- migration that makes `registrations` anew has to make the trigger again.
CREATE TRIGGER note_first_registration AFTER INSERT ON registrations
BEGIN
    UPDATE passes SET first_registered_at = NEW.registered_at
    WHERE pass_type = NEW.pass_type AND serial = NEW.serial AND first_registered_at IS NULL;
END;

-- What a device was told by its newest list that had changes.
CREATE TABLE device_lists (
    device_id ANY     NOT NULL CHECK (device_id <> lower(hex(unhex(device_id)))), -- packed
    pass_type TEXT    NOT NULL,
    revision  INTEGER NOT NULL,            -- the newest in the list: the device knows of all changes up to it
    listed_at INTEGER NOT NULL,            -- unix seconds
    PRIMARY KEY (device_id, pass_type)
) STRICT, WITHOUT ROWID;

-- A list on its way to a device: its newest revision, directly followed by the JSON array of its serial numbers; NULL if nothing
-- changed. Inserting one notes its revision in `device_lists`, and RETURNING gives it, or no row if nothing changed. So one
-- statement reads the passes once for both. The same list again within a minute writes nothing.
CREATE VIEW lists_on_their_way AS SELECT device_id, pass_type, listed_at, revision || '[]' AS list FROM device_lists;

CREATE TRIGGER note_list INSTEAD OF INSERT ON lists_on_their_way
BEGIN
    SELECT RAISE(IGNORE) WHERE NEW.list IS NULL;
    INSERT INTO device_lists (device_id, pass_type, revision, listed_at)
    VALUES (NEW.device_id, NEW.pass_type, CAST(NEW.list AS INTEGER), NEW.listed_at)
    ON CONFLICT (device_id, pass_type) DO UPDATE SET revision = excluded.revision, listed_at = excluded.listed_at
    WHERE revision <> excluded.revision OR listed_at < excluded.listed_at - 60;
END;

-- Since when lists are noted. Nobody knows of an earlier change whether it was listed.
INSERT INTO upkeep (job, progress) VALUES ('lists_since', unixepoch());
