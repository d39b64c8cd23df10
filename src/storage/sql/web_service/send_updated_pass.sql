-- send_updated_pass(pass_type: text, serial: text, token: text)
-- -> (object_key: text, etag: text, modified_at: integer, size: integer)
-- Where the newest version of the pass is. No row: refused.
SELECT json_array(p.object_key, p.file_sha256, p.modified_at, p.size) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.token_sha256 = :token;
