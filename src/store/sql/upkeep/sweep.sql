-- progress()
-- The object key at which the last sweep stopped. No row: start from the beginning.
SELECT json_array(u.progress) AS json FROM upkeep AS u WHERE u.job = 'sweep';

-- unneeded(candidates: text, retired_before: integer)
-- Of a JSON array of [passType, serial, objectKey], the keys that no pass names and that were not replaced lately.
SELECT json_array(c.value ->> 2) AS json
FROM json_each(:candidates) AS c
WHERE NOT EXISTS (
        SELECT 1 FROM passes AS p
        WHERE p.pass_type = c.value ->> 0 AND p.serial = c.value ->> 1 AND p.object_key = c.value ->> 2)
  AND NOT EXISTS (
        SELECT 1 FROM retired_objects AS o WHERE o.object_key = c.value ->> 2 AND o.retired_at >= :retired_before);

-- forget(keys: text)
-- The files of these keys are gone.
DELETE FROM retired_objects WHERE object_key IN (SELECT k.value FROM json_each(:keys) AS k);

-- proceed(progress: text)
-- Where the next sweep goes on.
INSERT INTO upkeep (job, progress) VALUES ('sweep', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;

-- forget_log(before_day: integer)
-- Counters too old to act on.
DELETE FROM device_log WHERE day < :before_day;
