-- take_over(client: text, worker: text, now: integer, lease: integer)
-- Takes over a page whose worker did not finish in time, or left it for later. A page that no worker finishes is taken over
-- again after ten minutes, then twenty, thirty: its devices get a push each time. A page that was left waits for the jobs that
-- were due before it, so that its failures do not delay new changes.
UPDATE push_pages SET worker = :worker, due_at = :lease, tries = tries + 1
WHERE page = (
    SELECT g.page FROM push_pages AS g
    WHERE g.client = :client AND g.due_at <= :now AND g.due_at + max(0, g.tries - 1) * 600000 <= :now
      AND (g.tries > 0 OR g.due_at <= coalesce((
        SELECT j.due_at FROM push_jobs AS j
        WHERE j.client = :client AND j.due_at <= :now
          AND NOT EXISTS (SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type IN ('', j.pass_type)
              AND h.until > :now)
        ORDER BY j.due_at
        LIMIT 1), :now))
    ORDER BY g.due_at
    LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type = '' AND h.until > :now);

-- renew(client: text, worker: text, now: integer, lease: integer)
-- Notes that the devices of a page that was taken over are told of all changes so far. Skips devices that another page has now.
INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, attempts)
SELECT d.pass_type, d.device_id, d.client, t.revision, :now, 0
FROM push_pages AS g
CROSS JOIN json_each(g.devices) AS e
CROSS JOIN push_devices AS d
    ON d.pass_type = e.value ->> 0 AND d.device_id = pack(e.value ->> 1) AND d.client = g.client AND d.pushed_at = g.opened_at
CROSS JOIN pass_types AS t ON t.pass_type = d.pass_type
WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
ON CONFLICT (pass_type, device_id, client) DO UPDATE SET
    covered = excluded.covered, pushed_at = excluded.pushed_at, due_at = NULL, reason = NULL;

-- reopen(client: text, worker: text, now: integer, lease: integer)
-- From now on, these devices are the page's.
UPDATE push_pages SET opened_at = :now WHERE client = :client AND due_at = :lease AND worker = :worker;

-- open(client: text, worker: text, now: integer, lease: integer, limit: integer, pushed_before: integer)
-- If no page was taken over: makes a page of the due devices, named after its worker. First come devices whose own time has
-- come, but at most half a page if a job is due. Then come the devices of jobs, the oldest job first: whole jobs while they
-- fit, and a part of the first one that does not fit. The number of devices in a job is an estimate, since devices register and
-- unregister. A device is left out if it was handed out since the pass changed, or waits for its own time: it will be told
-- anyway. A device that was pushed to a moment ago is deferred.
INSERT INTO push_pages (page, client, worker, opened_at, due_at, tries, devices, jobs, deferred)
WITH
late AS MATERIALIZED (
    SELECT d.pass_type, d.device_id
    FROM push_devices AS d
    WHERE d.client = :client AND d.due_at <= :now
      AND NOT EXISTS (SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type IN ('', d.pass_type)
          AND h.until > :now)
    ORDER BY d.due_at
    LIMIT CAST(iif(EXISTS (SELECT 1 FROM push_jobs AS j WHERE j.client = :client
        AND j.due_at <= :now), (:limit + 1) / 2, :limit) AS INTEGER)),
room AS MATERIALIZED (SELECT :limit - (SELECT count(*) FROM late) AS devices),
due AS MATERIALIZED (
    SELECT j.pass_type, j.serial, j.revision, j.devices, j.due_at, iif(j.after_device = '', '',
        pack(j.after_device)) AS after_id
    FROM push_jobs AS j
    WHERE j.client = :client AND j.due_at <= :now
      AND NOT EXISTS (SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type IN ('', j.pass_type)
          AND h.until > :now)
    ORDER BY j.due_at
    LIMIT :limit),
queued AS MATERIALIZED (
    SELECT *, sum(devices) OVER (ORDER BY due_at, pass_type, serial) - devices AS ahead FROM due),
counted AS MATERIALIZED (
    SELECT *, (SELECT count(*) FROM (
        SELECT 1 FROM registrations AS r
        WHERE r.pass_type = queued.pass_type AND r.serial = queued.serial AND r.client IS nullif(:client, '')
          AND r.device_id > queued.after_id
        LIMIT 1001)) AS present
    FROM queued WHERE ahead < (SELECT devices FROM room)),
filled AS MATERIALIZED (
    SELECT *, sum(present) OVER (ORDER BY due_at, pass_type, serial) AS total FROM counted),
small AS MATERIALIZED (
    SELECT * FROM filled WHERE total <= (SELECT devices FROM room)),
large AS MATERIALIZED (
    SELECT *, (SELECT devices FROM room) - (total - present) AS share FROM filled
    WHERE total > (SELECT devices FROM room) AND total - present < (SELECT devices FROM room)),
part AS MATERIALIZED (
    SELECT r.device_id
    FROM registrations AS r
    WHERE r.pass_type = (SELECT pass_type FROM large) AND r.serial = (SELECT serial FROM large)
      AND r.client IS nullif(:client, '') AND r.device_id > (SELECT after_id FROM large)
    ORDER BY r.device_id
    LIMIT coalesce((SELECT share FROM large), 0)),
walked AS MATERIALIZED (
    SELECT small.pass_type, r.device_id, small.revision
    FROM small
    CROSS JOIN registrations AS r
        ON r.pass_type = small.pass_type AND r.serial = small.serial AND r.client IS nullif(:client, '')
            AND r.device_id > small.after_id
    UNION ALL
    SELECT large.pass_type, part.device_id, large.revision FROM large CROSS JOIN part),
told AS MATERIALIZED (
    SELECT DISTINCT walked.pass_type, walked.device_id, coalesce(d.pushed_at > :pushed_before, 0) AS deferred
    FROM walked
    LEFT JOIN push_devices AS d
        ON d.pass_type = walked.pass_type AND d.device_id = walked.device_id AND d.client = :client
    WHERE d.device_id IS NULL OR (d.covered < walked.revision AND d.due_at IS NULL)),
handed AS MATERIALIZED (
    SELECT pass_type, device_id FROM late
    UNION ALL
    SELECT pass_type, device_id FROM told WHERE NOT deferred)
SELECT :worker, :client, :worker, :now, :lease, 1,
    (SELECT json_group_array(json_array(pass_type, unpack(device_id))) FROM handed),
    (SELECT json_group_array(json_array(pass_type, serial, reached)) FROM (
        SELECT pass_type, serial, NULL AS reached FROM small
        UNION ALL
        SELECT pass_type, serial, (SELECT iif(count(*) < share, NULL, unpack(max(device_id))) FROM part) FROM large)),
    (SELECT json_group_array(json_array(pass_type, unpack(device_id))) FROM told WHERE deferred)
WHERE (EXISTS (SELECT 1 FROM late) OR EXISTS (SELECT 1 FROM due))
  AND NOT EXISTS (SELECT 1 FROM push_pages AS g WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker);

-- hand_out(worker: text)
-- Notes that the devices of a new page are told of all changes so far. From now on the page is responsible for them.
INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, attempts)
SELECT e.value ->> 0, pack(e.value ->> 1), g.client, t.revision, g.opened_at, 0
FROM push_pages AS g
CROSS JOIN json_each(g.devices) AS e
CROSS JOIN pass_types AS t ON t.pass_type = e.value ->> 0
WHERE g.page = :worker
ON CONFLICT (pass_type, device_id, client) DO UPDATE SET
    covered = excluded.covered, pushed_at = excluded.pushed_at, due_at = NULL, reason = NULL;

-- defer(worker: text, interval: integer)
-- Devices that were pushed to a moment ago get a push when the interval ends.
UPDATE push_devices SET due_at = pushed_at + :interval
WHERE (pass_type, device_id, client) IN (
    SELECT e.value ->> 0, pack(e.value ->> 1), g.client
    FROM push_pages AS g CROSS JOIN json_each(g.deferred) AS e WHERE g.page = :worker);

-- proceed(worker: text, interval: integer)
-- Notes how far the jobs of a new page came. If the pass changed during a lap through its devices, another lap follows, after
-- the interval.
INSERT INTO push_jobs (pass_type, serial, client, revision, devices, after_device, again, started_at, due_at, dropped)
SELECT j.pass_type, j.serial, j.client, j.revision, j.devices, coalesce(e.value ->> 2, ''),
    iif(e.value ->> 2 IS NULL, 0, j.again),
    iif(j.after_device = '', g.opened_at, j.started_at),
    CASE
        WHEN e.value ->> 2 IS NOT NULL THEN j.due_at
        WHEN j.again = 1 THEN max(g.opened_at, iif(j.after_device = '', g.opened_at, j.started_at) + :interval)
    END,
    j.dropped
FROM push_pages AS g
CROSS JOIN json_each(g.jobs) AS e
CROSS JOIN push_jobs AS j ON j.pass_type = e.value ->> 0 AND j.serial = e.value ->> 1 AND j.client = g.client
WHERE g.page = :worker
ON CONFLICT (pass_type, serial, client) DO UPDATE SET
    after_device = excluded.after_device, again = excluded.again, started_at = excluded.started_at, due_at = excluded.due_at;

-- targets(client: text, worker: text, lease: integer)
-- -> (pass_type: text, serial: text, push_token: text, devices: text[], registered_at: integer, attempts: integer,
-- failing_since: integer?)
-- The phones of the worker's page, without devices that another page has now. Devices of a pass type that share a push token
-- are one phone. `serial` is one of its passes, and `registered_at` is when the token was registered last. A device that is
-- changing its token has a row for each token. A device without a registration has none. The passes take turns, so a pass whose
-- pushes fail delays no other. Among the phones of a pass, those that failed come last, and before them the newest: invented
-- push tokens never come first.
WITH phones AS (
    SELECT d.pass_type, min(r.serial) AS serial, r.push_token, json_group_array(DISTINCT e.value ->> 1) AS devices,
        max(r.registered_at) AS registered_at, max(d.attempts) AS attempts, min(d.failing_since) AS failing_since
    FROM push_pages AS g
    CROSS JOIN json_each(g.devices) AS e
    CROSS JOIN push_devices AS d
        ON d.pass_type = e.value ->> 0 AND d.device_id = pack(e.value ->> 1) AND d.client = g.client
            AND d.pushed_at = g.opened_at
    CROSS JOIN registrations AS r ON r.device_id = d.device_id AND r.pass_type = d.pass_type
        AND r.client IS nullif(g.client, '')
    WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
    GROUP BY d.pass_type, r.push_token)
SELECT json_array(pass_type, serial, unpack(push_token), json(devices), registered_at, attempts, failing_since) AS json
FROM phones
ORDER BY row_number() OVER (PARTITION BY pass_type, serial ORDER BY attempts, registered_at, push_token);

-- page(client: text, worker: text, lease: integer)
-- -> ()
-- A row if the worker has a page.
SELECT json_array() AS json
FROM push_pages AS g
WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker;

-- held(client: text)
-- -> (pass_type: text, until: integer, times: integer, cause: text, reason: text, since: integer)
-- The holds on pass types; '' stands for the whole push service. `until` is the end. `times` counts holds in a row.
SELECT json_array(h.pass_type, h.until, h.times, h.cause, h.reason, h.since) AS json
FROM push_holds AS h
WHERE h.client = :client;

-- delivered(client: text, worker: text, lease: integer)
-- -> (pass_type: text, last_at: integer)
-- When a push of each pass type in the worker's page was last delivered, in unix milliseconds. No row: never.
SELECT json_array(k.pass_type, k.last_at) AS json
FROM (
    SELECT DISTINCT e.value ->> 0 AS pass_type
    FROM push_pages AS g CROSS JOIN json_each(g.devices) AS e
    WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker) AS t
CROSS JOIN push_counters AS k
    ON k.client = :client AND k.pass_type = t.pass_type AND k.outcome = 'delivered' AND k.reason = '';

-- more(client: text, now: integer)
-- -> ()
-- A row if more is due.
SELECT json_array() AS json
WHERE EXISTS (
        SELECT 1 FROM push_jobs AS j
        WHERE j.client = :client AND j.due_at <= :now
          AND NOT EXISTS (
            SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type IN ('', j.pass_type) AND h.until > :now))
   OR EXISTS (
        SELECT 1 FROM push_devices AS d
        WHERE d.client = :client AND d.due_at <= :now
          AND NOT EXISTS (
            SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type IN ('', d.pass_type) AND h.until > :now))
   OR EXISTS (
        SELECT 1 FROM push_pages AS g
        WHERE g.client = :client AND g.due_at <= :now AND g.due_at + max(0, g.tries - 1) * 600000 <= :now
          AND NOT EXISTS (SELECT 1 FROM push_holds AS h WHERE h.client = :client AND h.pass_type = '' AND h.until > :now));

-- wake(client: text, now: integer)
-- -> (at: integer)
-- The next time at which something of the wallet is due, or a hold ends, if no message is on its way for it. The worker that
-- gets the row sends the message. So each due time has a message without the cron trigger, unless a message is lost. Clocks
-- differ, and a message may come two seconds early. So a message for the next two seconds counts as delivered.
INSERT INTO push_wakes (client, at)
SELECT :client, next FROM (
    SELECT coalesce(
        (SELECT h.until FROM push_holds AS h WHERE h.client = :client AND h.pass_type = '' AND h.until > :now),
        (SELECT min(at) FROM (
            SELECT min(d.due_at) AS at FROM push_devices AS d WHERE d.client = :client AND d.due_at > :now
            UNION ALL
            SELECT min(j.due_at) FROM push_jobs AS j WHERE j.client = :client AND j.due_at > :now
            UNION ALL
            SELECT min(h.until) FROM push_holds AS h WHERE h.client = :client AND h.until > :now))) AS next)
WHERE next IS NOT NULL
ON CONFLICT (client) DO UPDATE SET at = excluded.at
WHERE push_wakes.at <= :now + 2000 OR push_wakes.at > excluded.at
RETURNING json_array(at) AS json;
