-- progress()
-- -> (after: text)
-- The object key at which the last sweep stopped. No row: start from the beginning.
SELECT json_array(u.progress) AS json FROM upkeep AS u WHERE u.job = 'sweep';

-- notice(candidates: text, now: integer)
-- Of a JSON array of [passType, serial, objectKey], ['', template, objectKey] or ['jobs', job, objectKey, firstLine], notes
-- those that no row names. An upload that is under way is noted too. Later only those are deleted that still have no row.
INSERT INTO retired_objects (object_key, retired_at)
SELECT c.value ->> 2, :now
FROM json_each(:candidates) AS c
WHERE NOT EXISTS (
    SELECT 1 FROM passes AS p
    WHERE p.pass_type = c.value ->> 0 AND p.serial = c.value ->> 1 AND p.object_key = c.value ->> 2)
  AND NOT EXISTS (
    SELECT 1 FROM templates AS t
    WHERE c.value ->> 0 = '' AND t.name = c.value ->> 1 AND t.object_key = c.value ->> 2)
  AND NOT EXISTS (
    SELECT 1 FROM job_chunks AS k
    WHERE c.value ->> 0 = 'jobs' AND k.job = c.value ->> 1 AND k.first_line = c.value ->> 3
      AND c.value ->> 2 IN (k.results_key, k.csv_key))
  AND NOT EXISTS (SELECT 1 FROM job_chunks AS k WHERE c.value ->> 0 = 'jobs' AND k.lines_key = c.value ->> 2)
ON CONFLICT (object_key) DO NOTHING;

-- unneeded(candidates: text, retired_before: integer)
-- -> (object_key: text)
-- Of the same array, the keys that were noted before that time and that no row names.
SELECT json_array(c.value ->> 2) AS json
FROM json_each(:candidates) AS c
WHERE EXISTS (SELECT 1 FROM retired_objects AS o WHERE o.object_key = c.value ->> 2 AND o.retired_at < :retired_before)
  AND NOT EXISTS (
    SELECT 1 FROM passes AS p
    WHERE p.pass_type = c.value ->> 0 AND p.serial = c.value ->> 1 AND p.object_key = c.value ->> 2)
  AND NOT EXISTS (
    SELECT 1 FROM templates AS t
    WHERE c.value ->> 0 = '' AND t.name = c.value ->> 1 AND t.object_key = c.value ->> 2)
  AND NOT EXISTS (
    SELECT 1 FROM job_chunks AS k
    WHERE c.value ->> 0 = 'jobs' AND k.job = c.value ->> 1 AND k.first_line = c.value ->> 3
      AND c.value ->> 2 IN (k.results_key, k.csv_key))
  AND NOT EXISTS (SELECT 1 FROM job_chunks AS k WHERE c.value ->> 0 = 'jobs' AND k.lines_key = c.value ->> 2);

-- forget(keys: text)
-- The files of these keys are deleted next.
DELETE FROM retired_objects WHERE object_key IN (SELECT k.value FROM json_each(:keys) AS k);

-- walk(job: text)
-- -> text
-- The place of a job's walk over a table: when it began (unix seconds), and the last primary key. That is empty at the end.
SELECT u.progress AS json FROM upkeep AS u WHERE u.job = :job;

-- proceed(job: text, progress: text)
-- Stores the place of a job.
INSERT INTO upkeep (job, progress) VALUES (:job, :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress WHERE progress <> excluded.progress;

-- end_of_devices(pass_type: text?, device: packed?, client: text?, limit: integer)
-- -> (pass_type: text, device: text, client: text)
-- The last row of the next page of `push_devices`. No row: it is the last page.
SELECT json_array(d.pass_type, unpack(d.device_id), d.client) AS json
FROM push_devices AS d
WHERE (d.pass_type, d.device_id, d.client) > (coalesce(:pass_type, ''), coalesce(:device, ''), coalesce(:client, ''))
ORDER BY d.pass_type, d.device_id, d.client
LIMIT 1 OFFSET :limit - 1;

-- forget_devices(pass_type: text?, device: packed?, client: text?, limit: integer)
-- Deletes the rows of the page whose devices have no registration. The limit keeps it from reading the rest of the table.
DELETE FROM push_devices
WHERE (pass_type, device_id, client) IN (
    SELECT p.pass_type, p.device_id, p.client
    FROM (
        SELECT d.pass_type, d.device_id, d.client
        FROM push_devices AS d
        WHERE (d.pass_type, d.device_id, d.client) > (coalesce(:pass_type, ''), coalesce(:device, ''), coalesce(:client, ''))
        ORDER BY d.pass_type, d.device_id, d.client
        LIMIT :limit) AS p
    WHERE NOT EXISTS (
        SELECT 1 FROM registrations AS r
        WHERE r.device_id = p.device_id AND r.pass_type = p.pass_type AND r.client IS nullif(p.client, '')));

-- end_of_lists(device: packed?, pass_type: text?, limit: integer)
-- -> (device: text, pass_type: text)
-- The last row of the next page of `device_lists`. No row: it is the last page.
SELECT json_array(unpack(l.device_id), l.pass_type) AS json
FROM device_lists AS l
WHERE (l.device_id, l.pass_type) > (coalesce(:device, ''), coalesce(:pass_type, ''))
ORDER BY l.device_id, l.pass_type
LIMIT 1 OFFSET :limit - 1;

-- forget_lists(device: packed?, pass_type: text?, limit: integer)
-- Deletes the rows of the page whose devices have no registration of the type. The limit keeps it from reading the rest of the
-- table.
DELETE FROM device_lists
WHERE (device_id, pass_type) IN (
    SELECT p.device_id, p.pass_type
    FROM (
        SELECT l.device_id, l.pass_type
        FROM device_lists AS l
        WHERE (l.device_id, l.pass_type) > (coalesce(:device, ''), coalesce(:pass_type, ''))
        ORDER BY l.device_id, l.pass_type
        LIMIT :limit) AS p
    WHERE NOT EXISTS (SELECT 1 FROM registrations AS r WHERE r.device_id = p.device_id AND r.pass_type = p.pass_type));

-- forget_log(before_day: integer)
-- Deletes old counters.
DELETE FROM device_log WHERE day < :before_day;

-- end_of_increments(pass_type: text?, serial: text?, id: text?, limit: integer)
-- -> (pass_type: text, serial: text, id: text)
-- The last increment of the next page. No row: it is the last page.
SELECT json_array(i.pass_type, i.serial, i.id) AS json
FROM increments AS i
WHERE (i.pass_type, i.serial, i.id) > (coalesce(:pass_type, ''), coalesce(:serial, ''), coalesce(:id, ''))
ORDER BY i.pass_type, i.serial, i.id
LIMIT 1 OFFSET :limit - 1;

-- forget_increments(pass_type: text?, serial: text?, id: text?, limit: integer, applied_before: integer,
-- added_before: integer)
-- Deletes the page's increments that were applied before that time, and those that could not be applied since `added_before`.
-- Those of a job that is not finished stay: it would add them again. The limit keeps it from reading the rest of the table.
DELETE FROM increments
WHERE (pass_type, serial, id) IN (
    SELECT p.pass_type, p.serial, p.id
    FROM (
        SELECT i.pass_type, i.serial, i.id, i.applied_at, i.added_at
        FROM increments AS i
        WHERE (i.pass_type, i.serial, i.id) > (coalesce(:pass_type, ''), coalesce(:serial, ''), coalesce(:id, ''))
        ORDER BY i.pass_type, i.serial, i.id
        LIMIT :limit) AS p
    WHERE (p.applied_at < :applied_before OR (p.applied_at IS NULL AND p.added_at < :added_before))
      AND NOT EXISTS (
        SELECT 1 FROM jobs AS j
        WHERE p.id GLOB 'job *' AND j.job = substr(p.id, 5, instr(substr(p.id, 5), ' ') - 1) AND j.finished_at IS NULL));

-- unwanted()
-- -> (client: text, since: integer)
-- The wallets that are neither let in nor set up, and since when (unix seconds).
SELECT json_array(e.value ->> 0, e.value ->> 1) AS json
FROM upkeep AS u, json_each(u.progress) AS e
WHERE u.job = 'unwanted';

-- end_of_registrations(device: packed?, pass_type: text?, serial: text?, limit: integer)
-- -> (device: text, pass_type: text, serial: text)
-- The last registration of the next page. No row: it is the last page.
SELECT json_array(unpack(r.device_id), r.pass_type, r.serial) AS json
FROM registrations AS r
WHERE (r.device_id, r.pass_type, r.serial) > (coalesce(:device, ''), coalesce(:pass_type, ''), coalesce(:serial, ''))
ORDER BY r.device_id, r.pass_type, r.serial
LIMIT 1 OFFSET :limit - 1;

-- remove_unreachable(device: packed?, pass_type: text?, serial: text?, limit: integer, kept: text, before: integer)
-- -> ()
-- Deletes the page's registrations that were made before that time by wallets outside the JSON array. A row for each. The limit
-- keeps it from reading the rest of the table.
DELETE FROM registrations
WHERE (device_id, pass_type, serial) IN (
    SELECT p.device_id, p.pass_type, p.serial
    FROM (
        SELECT r.device_id, r.pass_type, r.serial, r.client, r.registered_at
        FROM registrations AS r
        WHERE (r.device_id, r.pass_type, r.serial) > (coalesce(:device, ''), coalesce(:pass_type, ''), coalesce(:serial, ''))
        ORDER BY r.device_id, r.pass_type, r.serial
        LIMIT :limit) AS p
    WHERE p.client IS NOT NULL AND p.registered_at < :before AND p.client NOT IN (SELECT k.value FROM json_each(:kept) AS k))
RETURNING json_array() AS json;

-- forget_answers(before: integer, limit: integer)
-- Deletes up to `limit` of the oldest keys that were first used before that time, with the answers that were kept for them.
DELETE FROM idempotency_keys
WHERE key_sha256 IN (
    SELECT k.key_sha256
    FROM idempotency_keys AS k
    WHERE k.created_at < :before
    ORDER BY k.created_at
    LIMIT :limit);
