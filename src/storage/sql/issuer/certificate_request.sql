-- create(pass_type: text, id: text, request: text, private_key: text, now: integer, most: integer)
-- Stores a request, unless so many of the pass type wait. A repetition keeps the first one.
INSERT INTO certificate_requests (pass_type, id, request, private_key, created_at)
SELECT :pass_type, :id, :request, :private_key, :now
WHERE (SELECT count(*) FROM certificate_requests AS r WHERE r.pass_type = :pass_type) < :most
ON CONFLICT (pass_type, id) DO NOTHING;

-- show(pass_type: text, id: text)
-- -> (id: text, request: text, created_at: integer)
-- A request without its key.
SELECT json_array(r.id, r.request, r.created_at) AS json
FROM certificate_requests AS r
WHERE r.pass_type = :pass_type AND r.id = :id;

-- list(pass_type: text)
-- -> show
-- The requests of a pass type, which are few.
SELECT json_array(r.id, r.request, r.created_at) AS json
FROM certificate_requests AS r
WHERE r.pass_type = :pass_type
ORDER BY r.created_at, r.id;

-- remove(pass_type: text, id: text)
-- Deletes a request and its key.
DELETE FROM certificate_requests WHERE pass_type = :pass_type AND id = :id;

-- waiting(pass_type: text)
-- -> (id: text, request: text, private_key: text)
-- The requests of a pass type with their sealed keys.
SELECT json_array(r.id, r.request, r.private_key) AS json
FROM certificate_requests AS r
WHERE r.pass_type = :pass_type
ORDER BY r.created_at DESC, r.id;

-- in_use(pass_type: text)
-- -> (version: text, certificate: text, intermediate: text, private_key: text)
-- The signing identity with its sealed key.
SELECT json_array(i.version, i.certificate, i.intermediate, i.private_key) AS json
FROM signing_identities AS i
WHERE i.pass_type = :pass_type;
