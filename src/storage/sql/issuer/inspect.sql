-- inspect(pass_type: text, serial: text)
-- -> (object_key: text, etag: text, modified_at: integer, size: integer, revision: integer, web_service: boolean,
-- withdrawn_at: integer?, registrations: integer)
-- The pass. No row: it was never published.
SELECT json_array(p.object_key, p.file_sha256, p.modified_at, p.size, p.revision, p.token_sha256 IS NOT NULL, p.withdrawn_at,
    (SELECT count(*) FROM registrations AS r WHERE r.pass_type = p.pass_type AND r.serial = p.serial)) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- own(pass_type: text, serial: text)
-- -> (template: text?, fields: text?, field_values: text?, external_id: text?)
-- What the pass is made from.
SELECT json_array(p.template, p.fields, p.field_values, p.external_id) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;
