-- tables(expected: text)
-- -> (migration: text)
-- Of a JSON array of [migration, table or index, columns], the migrations with a missing column. The migration of wrangler's
-- own table is ''.
SELECT DISTINCT json_array(e.value ->> 0) AS json
FROM json_each(:expected) AS e
WHERE EXISTS (
    SELECT 1 FROM json_each(e.value, '$[2]') AS c
    WHERE NOT EXISTS (SELECT 1 FROM pragma_table_info(e.value ->> 1) AS t WHERE t.name = c.value)
      AND NOT EXISTS (SELECT 1 FROM pragma_index_info(e.value ->> 1) AS x WHERE x.name = c.value));

-- unrecorded(migrations: text)
-- -> tables
-- Of a JSON array of migrations, those that wrangler did not record.
SELECT json_array(m.value) AS json
FROM json_each(:migrations) AS m
WHERE NOT EXISTS (SELECT 1 FROM d1_migrations AS d WHERE d.name = m.value);

-- keys(limit: integer)
-- -> (pass_type: text, private_key: text)
-- The sealed keys of the first signing identities.
SELECT json_array(i.pass_type, i.private_key) AS json
FROM signing_identities AS i
WHERE i.pass_type > ''
ORDER BY i.pass_type
LIMIT :limit;

-- push(usable: text, unusable: text, ended_after: integer)
-- -> (held: boolean, not_configured: boolean, oldest: integer?)
-- Takes JSON arrays of wallets. Whether a push service has a hold that ends after `ended_after`. Whether something waits for a
-- push service that is not configured. Since when the oldest of all others waits (unix milliseconds), without large jobs that
-- are under way.
SELECT json_array(
    EXISTS (
        SELECT 1 FROM push_holds AS h
        WHERE h.client IN (SELECT c.value FROM json_each(:usable) AS c) AND h.until > :ended_after AND h.cause <> 'confirmed'),
    EXISTS (
        SELECT 1 FROM json_each(:unusable) AS c
        WHERE EXISTS (SELECT 1 FROM push_jobs AS j WHERE j.client = c.value AND j.due_at IS NOT NULL)),
    (SELECT min(oldest) FROM (
        SELECT (SELECT min(j.due_at) FROM push_jobs AS j
                WHERE j.client = c.value AND j.due_at IS NOT NULL AND j.after_device = '') AS oldest
        FROM json_each(:usable) AS c
        UNION ALL
        SELECT (SELECT min(d.due_at) FROM push_devices AS d WHERE d.client = c.value AND d.due_at IS NOT NULL)
        FROM json_each(:usable) AS c
        UNION ALL
        SELECT (SELECT min(g.opened_at) FROM push_pages AS g WHERE g.client = c.value AND g.tries > 1)
        FROM json_each(:usable) AS c))) AS json;
