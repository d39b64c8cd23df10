-- send_updated_pass(pass_type: text, serial: text, token: text)
-- -> (object_key: text, etag: text, modified_at: integer, size: integer)
-- The file of the newest version. No row: the pass is unknown or the token is wrong.
SELECT json_array(p.object_key, p.file_sha256, p.modified_at, p.size) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token;
