-- authorized(pass_type: text, serial: text, token: text)
-- -> ()
-- A row if the token opens the pass, which may be withdrawn.
SELECT json_array() AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token;

-- unregister(device: packed, pass_type: text, serial: text, token: text)
-- Deletes the registration if the token opens the pass.
DELETE FROM registrations
WHERE device_id = :device AND pass_type = :pass_type AND serial = (
    SELECT p.serial FROM passes AS p
    WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token
);
