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
