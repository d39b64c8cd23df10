-- known(pass_type: text, serial: text)
-- A row if the pass exists.
SELECT json_array(1) AS json FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- page(pass_type: text, serial: text, skip: integer, limit: integer)
-- A page of the devices that registered the pass, in the order of their identifiers.
SELECT json_array(r.device, r.push_token, r.client, r.registered_at) AS json
FROM registrations AS r
WHERE r.pass_type = :pass_type AND r.serial = :serial
ORDER BY r.device
LIMIT :limit OFFSET :skip;
