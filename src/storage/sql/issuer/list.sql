-- all(after_type: text, after_serial: text, limit: integer)
-- -> (pass_type: text, serial: text, etag: text, modified_at: integer, size: integer, revision: integer, web_service: boolean,
-- withdrawn_at: integer?, registrations: integer)
-- A page of all passes, in the order of pass type and serial number, after (`after_type`, `after_serial`).
SELECT json_array(p.pass_type, p.serial, p.file_sha256, p.modified_at, p.size, p.revision, p.token_sha256 IS NOT NULL,
    p.withdrawn_at,
    (SELECT count(*) FROM registrations AS r WHERE r.pass_type = p.pass_type AND r.serial = p.serial)) AS json
FROM passes AS p
WHERE (p.pass_type, p.serial) > (:after_type, :after_serial)
ORDER BY p.pass_type, p.serial
LIMIT :limit;

-- of_type(pass_type: text, after_serial: text, limit: integer)
-- -> all
-- The same within one pass type.
SELECT json_array(p.pass_type, p.serial, p.file_sha256, p.modified_at, p.size, p.revision, p.token_sha256 IS NOT NULL,
    p.withdrawn_at,
    (SELECT count(*) FROM registrations AS r WHERE r.pass_type = p.pass_type AND r.serial = p.serial)) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial > :after_serial
ORDER BY p.serial
LIMIT :limit;
