-- held(device: packed, pass_type: text, serial: text, token: text)
-- -> (registered: boolean)
-- Whether this device has registered the pass. No row: the pass is unknown or withdrawn, or the token is wrong.
SELECT json_array(EXISTS (
    SELECT 1 FROM registrations AS r
    WHERE r.device_id = :device AND r.pass_type = p.pass_type AND r.serial = p.serial
)) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial
  AND p.token_sha256 = :token AND p.withdrawn_at IS NULL;

-- register(device: packed, pass_type: text, serial: text, token: text, push_token: packed, client: text?, now: integer)
-- Inserts the registration or updates its push token, if `held` gives a row. If not, the serial number is NULL, which the table
-- refuses, and IGNORE leaves it at that. The same push token again writes a row only if the last registration is older than a
-- minute. `registered_at` has to stay fresh: when a push service reports since when a push token is dead, later registrations
-- stay. The trigger on this table notes the first registration. With a SELECT instead of VALUES, the trigger would make SQLite
-- copy the row to a temporary table, which D1 bills as a row read.
INSERT OR IGNORE INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
VALUES (:device, :pass_type, (
    SELECT p.serial FROM passes AS p
    WHERE p.pass_type = :pass_type AND p.serial = :serial
      AND p.token_sha256 = :token AND p.withdrawn_at IS NULL
), :push_token, :client, :now)
ON CONFLICT (device_id, pass_type, serial) DO UPDATE
SET push_token = excluded.push_token, client = excluded.client, registered_at = excluded.registered_at
WHERE push_token <> excluded.push_token OR client IS NOT excluded.client OR registered_at < excluded.registered_at - 60;
