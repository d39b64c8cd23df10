-- files(passes: text)
-- -> (place: integer, object_key: text, etag: text, modified_at: integer, size: integer)
-- The files of passes that are published and not withdrawn, in the order of `passes`, a JSON array of [passType, serial].
-- `place` is the index in the array.
SELECT json_array(e.key, p.object_key, p.file_sha256, p.modified_at, p.size) AS json
FROM json_each(:passes) AS e
CROSS JOIN passes AS p ON p.pass_type = e.value ->> 0 AND p.serial = e.value ->> 1
WHERE p.withdrawn_at IS NULL
ORDER BY e.key;
