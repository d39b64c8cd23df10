-- create(job: text, state: text, change: text?, total: integer, now: integer)
-- Stores a job, unless there is one of this name.
INSERT INTO jobs (job, state, created_at, updated_at, sent_at, worker, change, position, total, next_line,
    stored_line, told_line, succeeded, failed)
VALUES (:job, :state, :now, :now, :now, '', :change, '', :total, 1, 1, 1, 0, 0)
ON CONFLICT (job) DO NOTHING;

-- create_chunks(job: text, chunks: text)
-- Stores the chunks of a new job, a JSON array of [firstLine, lastLine, key]. A job that was there before keeps its own.
INSERT INTO job_chunks (job, first_line, last_line, lines_key, results_size, csv_size)
SELECT j.job, c.value ->> 0, c.value ->> 1, c.value ->> 2, 0, 0
FROM jobs AS j CROSS JOIN json_each(:chunks) AS c
WHERE j.job = :job AND NOT EXISTS (SELECT 1 FROM job_chunks AS k WHERE k.job = :job);

-- find_named(lines: text)
-- -> (line: integer, external_id: text, passes: text)
-- The passes that lines name by an external identifier, as a JSON array of [passType, serial]: two at most, which is too many
-- already. `lines` is a JSON array of [line, externalId, template], where a template of null is any. The rows come in its
-- order. With `'' ||` the inner array is a text, and not JSON within JSON.
SELECT json_array(e.value ->> 0, e.value ->> 1, '' || (
    SELECT json_group_array(json_array(x.pass_type, x.serial))
    FROM (
        SELECT a.pass_type, a.serial FROM passes AS a WHERE a.external_id = e.value ->> 1 AND e.value ->> 2 IS NULL
        UNION ALL
        SELECT t.pass_type, t.serial FROM passes AS t WHERE t.external_id = e.value ->> 1 AND t.template = e.value ->> 2
        LIMIT 2) AS x)) AS json
FROM json_each(:lines) AS e
ORDER BY e.key;

-- progress(job: text)
-- -> (job: text, state: text, created_at: integer, updated_at: integer, finished_at: integer?, cancelled_at: integer?,
-- total: integer, succeeded: integer, failed: integer)
-- How far the job came. No row: there is none.
SELECT json_array(j.job, j.state, j.created_at, j.updated_at, j.finished_at, j.cancelled_at, j.total, j.succeeded,
    j.failed) AS json
FROM jobs AS j
WHERE j.job = :job;

-- first_chunk(job: text)
-- -> (lines_key: text)
-- Where its first lines are.
SELECT json_array(c.lines_key) AS json FROM job_chunks AS c WHERE c.job = :job AND c.first_line = 1;

-- page(before: integer, before_job: text, limit: integer)
-- -> progress
-- A page of all jobs, the newest first, before (`before`, `before_job`).
SELECT json_array(j.job, j.state, j.created_at, j.updated_at, j.finished_at, j.cancelled_at, j.total, j.succeeded,
    j.failed) AS json
FROM jobs AS j
WHERE (j.created_at, j.job) < (:before, :before_job)
ORDER BY j.created_at DESC, j.job DESC
LIMIT :limit;

-- cancel(job: text, now: integer)
-- Cancels the job, if it still has lines to do. Its worker is refused from now on.
UPDATE jobs SET cancelled_at = :now, updated_at = :now, worker = ''
WHERE job = :job AND state IN ('collecting', 'running') AND cancelled_at IS NULL;

-- results(job: text)
-- -> (results_key: text?, results_size: integer, csv_key: text?, csv_size: integer)
-- Where the outcomes are, in the order of the lines.
SELECT json_array(c.results_key, c.results_size, c.csv_key, c.csv_size) AS json
FROM job_chunks AS c
WHERE c.job = :job
ORDER BY c.first_line;

-- claim(job: text, worker: text, now: integer)
-- -> (state: text, cancelled: boolean, total: integer, next_line: integer, stored_line: integer, told_line: integer,
-- change: text?, position: text)
-- Takes over an unfinished job. From now on only this worker may change something for it.
UPDATE jobs SET worker = :worker, sent_at = :now
WHERE job = :job AND finished_at IS NULL
RETURNING json_array(state, cancelled_at IS NOT NULL, total, next_line, stored_line, told_line, change, position) AS json;

-- next_chunk(job: text)
-- -> (first_line: integer, last_line: integer, lines_key: text)
-- The chunk with the next line. If all are done: the last chunk.
SELECT json_array(c.first_line, c.last_line, c.lines_key) AS json
FROM jobs AS j CROSS JOIN job_chunks AS c ON c.job = j.job AND c.first_line <= j.next_line
WHERE j.job = :job
ORDER BY c.first_line DESC
LIMIT 1;

-- unstored_chunk(job: text)
-- -> (first_line: integer, last_line: integer)
-- The chunk whose outcomes are to be stored next.
SELECT json_array(c.first_line, c.last_line) AS json
FROM jobs AS j CROSS JOIN job_chunks AS c ON c.job = j.job AND c.first_line = j.stored_line
WHERE j.job = :job;

-- untold_chunk(job: text)
-- -> (first_line: integer, last_line: integer)
-- The chunk whose changes come into the outbox next.
SELECT json_array(c.first_line, c.last_line) AS json
FROM jobs AS j CROSS JOIN job_chunks AS c ON c.job = j.job AND c.first_line = j.told_line
WHERE j.job = :job AND c.results_key IS NOT NULL;

-- marked(job: text)
-- -> (line: integer, status: integer, answered: boolean)
-- The lines from the next one on that an earlier worker has done.
SELECT json_array(o.line, o.status, o.outcome IS NOT NULL) AS json
FROM jobs AS j CROSS JOIN job_outcomes AS o ON o.job = j.job AND o.line >= j.next_line
WHERE j.job = :job;

-- begun(increments: text)
-- -> (line: integer)
-- The lines whose increment is stored, of a JSON array of [line, passType, serial, id].
SELECT json_array(e.value ->> 0) AS json
FROM json_each(:increments) AS e
CROSS JOIN increments AS i ON i.pass_type = e.value ->> 1 AND i.serial = e.value ->> 2 AND i.id = e.value ->> 3;

-- note(job: text, worker: text, outcomes: text)
-- Notes outcomes, a JSON array of [line, status, passType, serial, outcome], if the worker still has the job. A line that has
-- one keeps it.
INSERT INTO job_outcomes (job, line, status, pass_type, serial, changed, outcome)
SELECT j.job, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, 0, e.value ->> 4
FROM jobs AS j CROSS JOIN json_each(:outcomes) AS e
WHERE j.job = :job AND j.worker = :worker
ON CONFLICT (job, line) DO UPDATE SET outcome = excluded.outcome WHERE outcome IS NULL;

-- advance(job: text, worker: text, next_line: integer, now: integer)
-- -> ()
-- Counts the outcomes up to `next_line`. No row: another worker has taken over.
UPDATE jobs SET
    succeeded = succeeded + (
        SELECT count(*) FROM job_outcomes AS o
        WHERE o.job = :job AND o.line >= jobs.next_line AND o.line < :next_line AND o.status < 400),
    failed = failed + (
        SELECT count(*) FROM job_outcomes AS o
        WHERE o.job = :job AND o.line >= jobs.next_line AND o.line < :next_line AND o.status >= 400),
    next_line = :next_line, updated_at = :now, sent_at = :now
WHERE job = :job AND worker = :worker
RETURNING json_array() AS json;

-- outcomes(job: text, first_line: integer, last_line: integer)
-- -> (outcome: text?)
-- The outcomes of these lines that are noted.
SELECT json_array(o.outcome) AS json
FROM job_outcomes AS o
WHERE o.job = :job AND o.line >= :first_line AND o.line <= :last_line
ORDER BY o.line;

-- store_results(job: text, worker: text, first_line: integer, results_key: text, results_size: integer, csv_key: text,
-- csv_size: integer)
-- Names the objects with the outcomes of a chunk.
UPDATE job_chunks SET results_key = :results_key, results_size = :results_size, csv_key = :csv_key, csv_size = :csv_size
WHERE job = :job AND first_line = :first_line
  AND EXISTS (SELECT 1 FROM jobs AS j WHERE j.job = :job AND j.worker = :worker AND j.stored_line = :first_line);

-- stored(job: text, worker: text, first_line: integer, last_line: integer, now: integer)
-- -> ()
-- Notes that the outcomes of the chunk are stored. After the last one, phones are told. No row: another worker has taken over.
UPDATE jobs SET
    stored_line = :last_line + 1, updated_at = :now, sent_at = :now,
    state = iif(cancelled_at IS NOT NULL OR :last_line >= total, 'pushing', state)
WHERE job = :job AND worker = :worker AND stored_line = :first_line AND state = 'running'
RETURNING json_array() AS json;

-- end_lines(job: text, worker: text, now: integer)
-- -> ()
-- No more outcomes come: phones are told. No row: another worker has taken over.
UPDATE jobs SET state = 'pushing', updated_at = :now, sent_at = :now
WHERE job = :job AND worker = :worker AND state IN ('collecting', 'running')
RETURNING json_array() AS json;

-- tell(job: text, worker: text, first_line: integer, last_line: integer, clients: text, due_at: integer, interval: integer)
-- Writes the outbox for the changed passes of a chunk, as `publish.tell` does for one.
INSERT INTO push_jobs (pass_type, serial, client, revision, devices, after_device, again, started_at, due_at, dropped)
SELECT p.pass_type, p.serial, c.value, p.revision,
    (SELECT count(*) FROM (
        SELECT 1 FROM registrations AS r
        WHERE r.pass_type = p.pass_type AND r.serial = p.serial AND r.client IS nullif(c.value, '')
        LIMIT 1001)) AS registered,
    '', 0, 0, :due_at, 0
FROM jobs AS j
CROSS JOIN job_outcomes AS o ON o.job = j.job AND o.line >= :first_line AND o.line <= :last_line
CROSS JOIN passes AS p ON p.pass_type = o.pass_type AND p.serial = o.serial
CROSS JOIN json_each(:clients) AS c
WHERE j.job = :job AND j.worker = :worker AND j.told_line = :first_line AND j.state = 'pushing' AND o.changed = 1
  AND p.withdrawn_at IS NULL AND registered > 0
ON CONFLICT (pass_type, serial, client) DO UPDATE SET
    revision = excluded.revision,
    devices  = excluded.devices,
    again    = iif(due_at IS NOT NULL AND after_device <> '', 1, again),
    due_at   = coalesce(due_at, max(excluded.due_at, started_at + :interval));

-- told(job: text, first_line: integer, last_line: integer)
-- -> (client: text, due_at: integer, devices: integer)
-- The wallets whose devices will be told of the changed passes of a chunk, when (unix milliseconds), and how many devices.
SELECT json_array(k.client, min(k.due_at), sum(k.devices)) AS json
FROM job_outcomes AS o
CROSS JOIN push_jobs AS k ON k.pass_type = o.pass_type AND k.serial = o.serial AND k.due_at IS NOT NULL
WHERE o.job = :job AND o.line >= :first_line AND o.line <= :last_line AND o.changed = 1
GROUP BY k.client;

-- forget(job: text, worker: text, first_line: integer, last_line: integer)
-- Deletes the outcomes of a chunk, which are in the bucket.
DELETE FROM job_outcomes
WHERE job = :job AND line >= :first_line AND line <= :last_line
  AND EXISTS (SELECT 1 FROM jobs AS j
    WHERE j.job = :job AND j.worker = :worker AND j.told_line = :first_line AND j.state = 'pushing');

-- proceed(job: text, worker: text, first_line: integer, last_line: integer, now: integer)
-- -> ()
-- Notes that the changes of the chunk are in the outbox. No row: another worker has taken over.
UPDATE jobs SET told_line = :last_line + 1, updated_at = :now, sent_at = :now
WHERE job = :job AND worker = :worker AND told_line = :first_line AND state = 'pushing'
RETURNING json_array() AS json;

-- finish(job: text, worker: text, now: integer)
-- Ends the job.
UPDATE jobs SET state = 'finished', updated_at = :now, finished_at = :now, worker = ''
WHERE job = :job AND worker = :worker AND state = 'pushing';

-- collect(job: text, worker: text, from: text, to: text, lines: integer, state: text, now: integer)
-- -> ()
-- Notes how far the walk over the passes of a filter came, and how many lines it found. No row: another worker has taken over.
UPDATE jobs SET position = :to, total = CAST(total + :lines AS INTEGER), state = :state, updated_at = :now, sent_at = :now
WHERE job = :job AND worker = :worker AND position = :from AND state = 'collecting'
RETURNING json_array() AS json;

-- collect_chunk(job: text, worker: text, from: text, lines: integer, lines_key: text)
-- Stores the chunk that the walk found.
INSERT INTO job_chunks (job, first_line, last_line, lines_key, results_size, csv_size)
SELECT j.job, j.total + 1, CAST(j.total + :lines AS INTEGER), :lines_key, 0, 0
FROM jobs AS j
WHERE j.job = :job AND j.worker = :worker AND j.position = :from AND j.state = 'collecting' AND :lines > 0;

-- resume(before: integer, limit: integer, now: integer)
-- -> (job: text)
-- Jobs whose next message was sent before `before` and seems to be lost. Notes that it is sent again now.
UPDATE jobs SET sent_at = :now
WHERE job IN (
    SELECT j.job FROM jobs AS j
    WHERE j.finished_at IS NULL AND j.sent_at < :before
    ORDER BY j.sent_at
    LIMIT :limit)
RETURNING json_array(job) AS json;

-- withdrawable(job: text, worker: text, line: integer, pass_type: text, serial: text)
-- -> ()
-- A row if the pass exists, the worker has the job, and the line is not done.
SELECT json_array() AS json
FROM jobs AS j CROSS JOIN passes AS p ON p.pass_type = :pass_type AND p.serial = :serial
WHERE j.job = :job AND j.worker = :worker
  AND NOT EXISTS (SELECT 1 FROM job_outcomes AS o WHERE o.job = :job AND o.line = :line);

-- withdraw(job: text, worker: text, line: integer, pass_type: text, serial: text, now: integer)
-- Withdraws the pass under the same conditions. A pass that was withdrawn before keeps its time.
UPDATE passes SET withdrawn_at = :now
WHERE pass_type = :pass_type AND serial = :serial AND withdrawn_at IS NULL
  AND EXISTS (SELECT 1 FROM jobs AS j WHERE j.job = :job AND j.worker = :worker)
  AND NOT EXISTS (SELECT 1 FROM job_outcomes AS o WHERE o.job = :job AND o.line = :line);

-- mark_withdrawn(job: text, worker: text, line: integer, pass_type: text, serial: text)
-- Notes that the line is done.
INSERT INTO job_outcomes (job, line, status, pass_type, serial, changed)
SELECT j.job, :line, 204, p.pass_type, p.serial, 0
FROM jobs AS j CROSS JOIN passes AS p ON p.pass_type = :pass_type AND p.serial = :serial
WHERE j.job = :job AND j.worker = :worker
ON CONFLICT (job, line) DO NOTHING;

-- outdated(before: integer, limit: integer)
-- -> (job: text)
-- Jobs that finished before that time (unix seconds).
SELECT json_array(j.job) AS json
FROM jobs AS j
WHERE j.created_at < :before AND j.finished_at < :before
ORDER BY j.created_at
LIMIT :limit;

-- objects(job: text)
-- -> (lines_key: text, results_key: text?, csv_key: text?)
-- All objects of a job.
SELECT json_array(c.lines_key, c.results_key, c.csv_key) AS json FROM job_chunks AS c WHERE c.job = :job;

-- delete_chunks(job: text)
-- Deletes the chunks of a job.
DELETE FROM job_chunks WHERE job = :job;

-- delete(job: text)
-- Deletes a job.
DELETE FROM jobs WHERE job = :job;
