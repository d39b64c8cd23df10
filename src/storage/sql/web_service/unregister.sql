-- authorized(pass_type: text, serial: text, token: text)
-- -> ()
-- A row if the token opens the pass, which may be withdrawn.
SELECT json_array() AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token;

-- note_removal(device: packed, pass_type: text, serial: text, token: text, now: integer)
-- Notes when the owner of the pass removed it, if `unregister` is about to delete the registration. Without a registration it
-- does not read the pass.
UPDATE passes SET last_removed_at = :now
WHERE pass_type = :pass_type AND token_sha256 = :token AND serial = (
    SELECT r.serial FROM registrations AS r
    WHERE r.device_id = :device AND r.pass_type = :pass_type AND r.serial = :serial
);

-- unregister(device: packed, pass_type: text, serial: text, token: text)
-- Deletes the registration if the token opens the pass.
DELETE FROM registrations
WHERE device_id = :device AND pass_type = :pass_type AND serial = (
    SELECT p.serial FROM passes AS p
    WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token
);
