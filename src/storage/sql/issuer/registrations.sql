-- known(pass_type: text, serial: text)
-- -> ()
-- A row if the pass exists.
SELECT json_array() AS json FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- page(pass_type: text, serial: text, client: text?, device: packed?, limit: integer)
-- -> (device: text, push_token: text, client: text?, registered_at: integer)
-- A page of the devices that registered the pass, in the order of the index: by wallet, Apple's first, then by device. The page
-- begins after `device` of `client`, or with the first device if both are null. Each half is one seek. One comparison of rows
-- would find nothing after a client that is NULL.
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

-- count(pass_type: text, serial: text, most: integer)
-- -> (registrations: integer)
-- How many devices registered the pass, counted up to `most`.
SELECT json_array(count(*)) AS json
FROM (
    SELECT 1 FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial
    LIMIT :most);

-- clear(pass_type: text, serial: text, most: integer)
-- Deletes up to `most` registrations of the pass.
DELETE FROM registrations
WHERE (device_id, pass_type, serial) IN (
    SELECT r.device_id, r.pass_type, r.serial
    FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial
    LIMIT :most);

-- clear_device(pass_type: text, serial: text, device: packed)
-- -> ()
-- Deletes the registration of the pass by this device. A row if there was one.
DELETE FROM registrations
WHERE device_id = :device AND pass_type = :pass_type AND serial = :serial
RETURNING json_array() AS json;

-- shown(pass_type: text, serial: text, shown: text)
-- -> (device: text)
-- Up to two devices that the listing shows as `shown`. It reads all registrations of the pass.
SELECT json_array(unpack(r.device_id)) AS json
FROM registrations AS r
WHERE r.pass_type = :pass_type AND r.serial = :serial
  AND substr(unpack(r.device_id), 1, min(8, length(unpack(r.device_id)) / 2)) = :shown
LIMIT 2;
