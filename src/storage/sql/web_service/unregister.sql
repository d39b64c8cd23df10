-- authorized(pass_type: text, serial: text, token: text)
-- -> ()
-- Whether the token opens the pass. A withdrawn pass can still be left.
SELECT json_array() AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token;

-- unregister(device: packed, pass_type: text, serial: text, token: text)
-- Deletes the registration, guarded by the token.
DELETE FROM registrations
WHERE device_id = :device AND pass_type = :pass_type AND serial = (
    SELECT p.serial FROM passes AS p
    WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token
);
