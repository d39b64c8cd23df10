-- inspect(pass_type: text, serial: text)
-- -> (object_key: text, etag: text, modified_at: integer, size: integer, revision: integer, web_service: boolean,
-- withdrawn_at: integer?, template: text?, external_id: text?, registrations: integer, first_registered_at: integer?,
-- last_removed_at: integer?, last_listed_at: integer?, fields: text?, field_values: text?)
-- The pass. A list from before its first registration told of others. No row: it was never published.
SELECT json_array(p.object_key, p.file_sha256, p.modified_at, p.size, p.revision, p.token_sha256 IS NOT NULL, p.withdrawn_at,
    p.template, p.external_id, count(r.device_id), p.first_registered_at, p.last_removed_at,
    max(iif(l.revision >= p.revision AND l.listed_at >= p.first_registered_at, l.listed_at, NULL)), p.fields,
    p.field_values) AS json
FROM passes AS p
LEFT JOIN registrations AS r ON r.pass_type = p.pass_type AND r.serial = p.serial
LEFT JOIN device_lists AS l ON l.device_id = r.device_id AND l.pass_type = r.pass_type
WHERE p.pass_type = :pass_type AND p.serial = :serial
GROUP BY p.pass_type, p.serial;
