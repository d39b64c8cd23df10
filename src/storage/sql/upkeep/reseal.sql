-- place()
-- -> text
-- How far the walk over all signing identities is. First with which master keys it walks, and after which pass type it goes on.
-- Then whether it found keys that the previous one sealed, and whether the last whole walk found none. Then how many keys did
-- not open in this walk, and in the last whole one. Last when that ended (unix seconds). No row: there was no walk yet.
SELECT u.progress AS json FROM upkeep AS u WHERE u.job = 'reseal';

-- page(after: text, limit: integer)
-- -> (pass_type: text, private_key: text)
-- The next identities after that pass type: their sealed keys.
SELECT json_array(i.pass_type, i.private_key) AS json
FROM signing_identities AS i
WHERE i.pass_type > :after
ORDER BY i.pass_type
LIMIT :limit;

-- replace(changes: text)
-- Of a JSON array of [passType, sealed, sealed anew], the keys in their new form. One that was stored or removed meanwhile stays.
UPDATE signing_identities SET private_key = c.value ->> 2
FROM json_each(:changes) AS c
WHERE signing_identities.pass_type = c.value ->> 0 AND signing_identities.private_key = c.value ->> 1;

-- proceed(progress: text)
-- Where the walk goes on.
INSERT INTO upkeep (job, progress) VALUES ('reseal', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;
