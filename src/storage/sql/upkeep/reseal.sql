-- place()
-- -> text
-- The place of the walk over all sealed keys, as `src/upkeep/reseal.rs` stores it. No row: there was no walk yet.
SELECT u.progress AS json FROM upkeep AS u WHERE u.job = 'reseal';

-- page(after: text, after_id: text, limit: integer)
-- -> (pass_type: text, id: text, private_key: text)
-- The next sealed keys: those of signing identities, whose `id` is '', and of certificate requests.
SELECT json_array(k.pass_type, k.id, k.private_key) AS json
FROM (
    SELECT i.pass_type, '' AS id, i.private_key FROM signing_identities AS i WHERE i.pass_type > :after
    UNION ALL
    SELECT r.pass_type, r.id, r.private_key FROM certificate_requests AS r WHERE (r.pass_type, r.id) > (:after, :after_id)
    ORDER BY 1, 2
    LIMIT :limit) AS k
ORDER BY k.pass_type, k.id;

-- replace(changes: text)
-- Replaces keys of identities: a JSON array of [passType, id, sealed, sealed anew]. An identity that was stored or removed
-- meanwhile stays.
UPDATE signing_identities SET private_key = c.value ->> 3
FROM json_each(:changes) AS c
WHERE c.value ->> 1 = '' AND signing_identities.pass_type = c.value ->> 0 AND signing_identities.private_key = c.value ->> 2;

-- replace_waiting(changes: text)
-- The same for certificate requests.
UPDATE certificate_requests SET private_key = c.value ->> 3
FROM json_each(:changes) AS c
WHERE certificate_requests.pass_type = c.value ->> 0 AND certificate_requests.id = c.value ->> 1
  AND certificate_requests.private_key = c.value ->> 2;

-- proceed(progress: text)
-- Stores the place of the walk.
INSERT INTO upkeep (job, progress) VALUES ('reseal', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;
