-- before(pass_type: text)
-- -> ()
-- A row if the pass type had one before this batch.
SELECT json_array() AS json FROM signing_identities AS i WHERE i.pass_type = :pass_type;

-- store(pass_type: text, version: text, certificate: text, intermediate: text, private_key: text, subject: text, team: text,
-- serial_number: text, not_before: integer, not_after: integer, now: integer, key_of: text?)
-- Stores the identity, which replaces an earlier one. With `key_of` only if its key still is of this certificate request or of
-- this version of the identity.
INSERT INTO signing_identities (pass_type, version, certificate, intermediate, private_key, subject, team, serial_number,
    not_before, not_after, stored_at)
SELECT :pass_type, :version, :certificate, :intermediate, :private_key, :subject, :team, :serial_number, :not_before,
    :not_after, :now
WHERE :key_of IS NULL
   OR EXISTS (SELECT 1 FROM certificate_requests AS r WHERE r.pass_type = :pass_type AND r.id = :key_of)
   OR EXISTS (SELECT 1 FROM signing_identities AS i WHERE i.pass_type = :pass_type AND i.version = :key_of)
ON CONFLICT (pass_type) DO UPDATE SET
    version = excluded.version, certificate = excluded.certificate, intermediate = excluded.intermediate,
    private_key = excluded.private_key, subject = excluded.subject, team = excluded.team,
    serial_number = excluded.serial_number, not_before = excluded.not_before, not_after = excluded.not_after,
    stored_at = excluded.stored_at;

-- show(pass_type: text)
-- -> (subject: text, team: text, serial_number: text, not_before: integer, not_after: integer, stored_at: integer)
-- The identity without its key.
SELECT json_array(i.subject, i.team, i.serial_number, i.not_before, i.not_after, i.stored_at) AS json
FROM signing_identities AS i
WHERE i.pass_type = :pass_type;

-- stored(pass_type: text, version: text)
-- -> ()
-- A row if the identity has this version.
SELECT json_array() AS json FROM signing_identities AS i WHERE i.pass_type = :pass_type AND i.version = :version;

-- remove(pass_type: text)
-- Deletes the identity. Passes that it signed stay.
DELETE FROM signing_identities WHERE pass_type = :pass_type;

-- ending(now: integer, soon: integer)
-- -> (expired: integer, expiring: integer)
-- How many identities have expired, and how many expire before `soon`.
SELECT json_array(
    (SELECT count(*) FROM signing_identities AS i WHERE i.not_after < :now),
    (SELECT count(*) FROM signing_identities AS i WHERE i.not_after >= :now AND i.not_after < :soon)) AS json;
