-- template(name: text)
-- -> ()
-- A row if the template exists.
SELECT json_array() AS json FROM templates AS t WHERE t.name = :name;

-- start(template: text, run: text, now: integer)
-- Starts a run, which replaces an earlier one. A run that was started already goes on.
INSERT INTO republications (template, run, started_at, updated_at, sent_at, total, changed, unchanged, failed, failures,
    after_type, after_serial)
SELECT t.name, :run, :now, :now, :now, (SELECT count(*) FROM passes AS p WHERE p.template = t.name), 0, 0, 0, '[]', '', ''
FROM templates AS t
WHERE t.name = :template
ON CONFLICT (template) DO UPDATE SET
    run = excluded.run, started_at = excluded.started_at, updated_at = excluded.updated_at, sent_at = excluded.sent_at,
    finished_at = NULL,
    total = excluded.total, changed = 0, unchanged = 0, failed = 0, failures = '[]', after_type = '', after_serial = ''
WHERE run <> excluded.run;

-- progress(template: text)
-- -> (started_at: integer, updated_at: integer, finished_at: integer?, total: integer, changed: integer, unchanged: integer,
-- failed: integer, failures: text)
-- The newest run. `failures` is a JSON array of [passType, serial, reason]. No row: there was none.
SELECT json_array(r.started_at, r.updated_at, r.finished_at, r.total, r.changed, r.unchanged, r.failed, r.failures) AS json
FROM republications AS r
WHERE r.template = :template;

-- state(template: text, run: text)
-- -> (after_type: text, after_serial: text, failures: text)
-- The last pass that the run made, and its failures. No row: the run is finished or was replaced.
SELECT json_array(r.after_type, r.after_serial, r.failures) AS json
FROM republications AS r
WHERE r.template = :template AND r.run = :run AND r.finished_at IS NULL;

-- passes(template: text, limit: integer)
-- -> (pass_type: text, serial: text)
-- The next passes of the newest run.
SELECT json_array(p.pass_type, p.serial) AS json
FROM passes AS p
WHERE p.template = :template
  AND (p.pass_type, p.serial) > (SELECT r.after_type, r.after_serial FROM republications AS r WHERE r.template = :template)
ORDER BY p.pass_type, p.serial
LIMIT :limit;

-- advance(template: text, run: text, from_type: text, from_serial: text, to_type: text, to_serial: text, changed: integer,
-- unchanged: integer, failed: integer, failures: text, finished: integer, now: integer)
-- -> ()
-- Counts a batch. No row: another consumer of the same message was faster.
UPDATE republications
SET changed = CAST(changed + :changed AS INTEGER), unchanged = CAST(unchanged + :unchanged AS INTEGER),
    failed = CAST(failed + :failed AS INTEGER), failures = :failures,
    after_type = :to_type, after_serial = :to_serial, updated_at = :now, sent_at = :now,
    finished_at = iif(:finished = 1, CAST(:now AS INTEGER), NULL)
WHERE template = :template AND run = :run AND finished_at IS NULL AND after_type = :from_type AND after_serial = :from_serial
RETURNING json_array() AS json;

-- resume(before: integer, limit: integer, now: integer)
-- -> (template: text, run: text)
-- Runs whose next message was sent before `before` and seems to be lost. Notes that it is sent again now.
UPDATE republications SET sent_at = :now
WHERE template IN (
    SELECT r.template FROM republications AS r
    WHERE r.finished_at IS NULL AND r.sent_at < :before
    ORDER BY r.sent_at
    LIMIT :limit)
RETURNING json_array(template, run) AS json;
