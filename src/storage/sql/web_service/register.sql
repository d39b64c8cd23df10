-- held(device: packed, pass_type: text, serial: text, token: text)
-- -> (registered: boolean)
-- Whether the token opens the pass, and whether this device is registered for it already.
-- No row: unknown pass, withdrawn pass or wrong token, which are one and the same answer.
SELECT json_array(EXISTS (
    SELECT 1 FROM registrations AS r
    WHERE r.device_id = :device AND r.pass_type = p.pass_type AND r.serial = p.serial
)) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial
  AND p.token_sha256 = :token AND p.withdrawn_at IS NULL;

-- register(device: packed, pass_type: text, serial: text, token: text, push_token: packed, client: text?, now: integer)
-- Inserts the registration, or stores the push token it has now; guarded by the token like `held`.
-- The same token again writes no row, unless it was last noted more than a minute ago: a push service that calls a token dead
-- says since when, and what was registered after that stays.
INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
SELECT :device, p.pass_type, p.serial, :push_token, :client, :now
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial
  AND p.token_sha256 = :token AND p.withdrawn_at IS NULL
ON CONFLICT (device_id, pass_type, serial) DO UPDATE
SET push_token = excluded.push_token, client = excluded.client, registered_at = excluded.registered_at
WHERE push_token <> excluded.push_token OR client IS NOT excluded.client OR registered_at < excluded.registered_at - 60;
