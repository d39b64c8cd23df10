-- known(pass_type: text, serial: text)
-- A row if the pass exists.
SELECT json_array(1) AS json FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- page(pass_type: text, serial: text, client: text?, device: packed?, limit: integer)
-- A page of the devices that registered the pass, in the order of the index: by wallet, Apple's first, then by device. It begins
-- after that device of that wallet, or with the first one if both are null. Each half is one seek, as a comparison of rows would
-- find nothing behind a client that is NULL.
SELECT json_array(unpack(h.device_id), unpack(h.push_token), h.client, h.registered_at) AS json
FROM (
    SELECT r.device_id, r.push_token, r.client, r.registered_at
    FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial AND r.client IS :client AND r.device_id > coalesce(:device, '')
    UNION ALL
    SELECT r.device_id, r.push_token, r.client, r.registered_at
    FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial AND r.client > coalesce(:client, '')
    ORDER BY client, device_id
    LIMIT :limit) AS h;

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
