-- known(pass_type: text, serial: text)
-- A row if the pass exists.
SELECT json_array(1) AS json FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- page(pass_type: text, serial: text, skip: integer, limit: integer)
-- A page of the devices that registered the pass, in the order in which they are stored.
SELECT json_array(unpack(r.device_id), unpack(r.push_token), r.client, r.registered_at) AS json
FROM registrations AS r
WHERE r.pass_type = :pass_type AND r.serial = :serial
ORDER BY r.device_id
LIMIT :limit OFFSET :skip;

-- matching(pass_type: text, serial: text, device: packed?, shown: text?, most: integer)
-- How many devices registered the pass, but not more than so many: all; or the one of this identifier; or, if there is none,
-- those of which this is shown.
SELECT json_array(count(*)) AS json
FROM (
    SELECT 1 FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial
      AND (:shown IS NULL OR r.device_id = :device
        OR (substr(unpack(r.device_id), 1, min(8, length(unpack(r.device_id)) / 2)) = :shown AND NOT EXISTS (
            SELECT 1 FROM registrations AS x WHERE x.device_id = :device AND x.pass_type = :pass_type AND x.serial = :serial)))
    LIMIT :most);

-- clear(pass_type: text, serial: text, most: integer)
-- Deletes so many registrations of the pass.
DELETE FROM registrations
WHERE (device_id, pass_type, serial) IN (
    SELECT r.device_id, r.pass_type, r.serial
    FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial
    LIMIT :most);

-- clear_device(pass_type: text, serial: text, device: packed, shown: text)
-- Deletes the one registration of the pass that `matching` finds, if it is one.
DELETE FROM registrations
WHERE pass_type = :pass_type AND serial = :serial AND device_id = (
    SELECT iif(count(*) = 1, max(r.device_id), NULL)
    FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial
      AND (r.device_id = :device
        OR (substr(unpack(r.device_id), 1, min(8, length(unpack(r.device_id)) / 2)) = :shown AND NOT EXISTS (
            SELECT 1 FROM registrations AS x WHERE x.device_id = :device AND x.pass_type = :pass_type AND x.serial = :serial))));
