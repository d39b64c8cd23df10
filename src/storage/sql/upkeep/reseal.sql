-- place()
-- -> text
-- The place of the walk over all signing identities, as `src/upkeep/reseal.rs` stores it. No row: there was no walk yet.
SELECT u.progress AS json FROM upkeep AS u WHERE u.job = 'reseal';

-- page(after: text, limit: integer)
-- -> (pass_type: text, private_key: text)
-- The sealed keys of the next identities after that pass type.
SELECT json_array(i.pass_type, i.private_key) AS json
FROM signing_identities AS i
WHERE i.pass_type > :after
ORDER BY i.pass_type
LIMIT :limit;

-- replace(changes: text)
-- Replaces keys: a JSON array of [passType, sealed, sealed anew]. An identity that was stored or removed meanwhile stays.
UPDATE signing_identities SET private_key = c.value ->> 2
FROM json_each(:changes) AS c
WHERE signing_identities.pass_type = c.value ->> 0 AND signing_identities.private_key = c.value ->> 1;

-- proceed(progress: text)
-- Stores the place of the walk.
INSERT INTO upkeep (job, progress) VALUES ('reseal', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;
