-- pending(pass_type: text, serial: text, limit: integer)
-- -> (id: text, deltas: text)
-- The increments of the pass that no publication applied yet. SQLite would choose the primary key, and read those of a day.
SELECT json_array(i.id, i.deltas) AS json
FROM increments AS i INDEXED BY increments_pending
WHERE i.pass_type = :pass_type AND i.serial = :serial AND i.applied_at IS NULL
ORDER BY i.id
LIMIT :limit;

-- find(pass_type: text, serial: text, id: text)
-- -> (request: text, applied: boolean)
-- The increment of this id. No row: it is not stored.
SELECT json_array(i.request, i.applied_at IS NOT NULL) AS json
FROM increments AS i
WHERE i.pass_type = :pass_type AND i.serial = :serial AND i.id = :id;

-- add(pass_type: text, serial: text, id: text, request: text, deltas: text, if_match: text?, if_none_match: text?,
-- now: integer, due_at: integer, job: text?, line: integer, worker: text?)
-- Stores an increment if the preconditions hold, the pass is made from a template, and none of its own values that the
-- increment adds to is a text. If it is for a line of a job, the worker has the job, and the line is not done. An increment of
-- the same id stays as it is.
INSERT INTO increments (pass_type, serial, id, request, deltas, added_at, due_at)
SELECT p.pass_type, p.serial, :id, :request, :deltas, :now, :due_at
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial AND p.withdrawn_at IS NULL AND p.template IS NOT NULL
  AND (:if_match IS NULL OR EXISTS (SELECT 1 FROM json_each(:if_match) AS m WHERE m.value IN ('*', p.file_sha256)))
  AND NOT EXISTS (SELECT 1 FROM json_each(:if_none_match) AS m WHERE m.value IN ('*', p.file_sha256))
  AND NOT EXISTS (
        SELECT 1 FROM json_each(p.field_values) AS v
        WHERE v.type = 'text' AND v.key IN (SELECT d.key FROM json_each(:deltas) AS d))
  AND (:job IS NULL OR EXISTS (
        SELECT 1 FROM jobs AS j
        WHERE j.job = :job AND j.worker = :worker
          AND NOT EXISTS (SELECT 1 FROM job_outcomes AS o WHERE o.job = :job AND o.line = :line)))
ON CONFLICT (pass_type, serial, id) DO NOTHING;

-- take_back(pass_type: text, serial: text, id: text)
-- -> ()
-- Deletes a pending increment. No row: it was applied meanwhile.
DELETE FROM increments
WHERE pass_type = :pass_type AND serial = :serial AND id = :id AND applied_at IS NULL
RETURNING json_array() AS json;

-- due(before: integer, limit: integer)
-- -> (pass_type: text, serial: text)
-- Up to `limit` passes with increments that were to be applied before that time: the request crashed, or the pass cannot be
-- made. A row for each increment. It is due again when it is twice as old, after a minute at least and an hour at most.
UPDATE increments SET due_at = :before + max(60, min(3600, :before - added_at))
WHERE applied_at IS NULL AND due_at < :before AND (pass_type, serial) IN (
    SELECT i.pass_type, i.serial
    FROM increments AS i
    WHERE i.applied_at IS NULL AND i.pass_type > '' AND i.due_at < :before
    GROUP BY i.pass_type, i.serial
    LIMIT :limit)
RETURNING json_array(pass_type, serial) AS json;
