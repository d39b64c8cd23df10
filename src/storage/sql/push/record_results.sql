-- note(client: text, worker: text, lease: integer, devices: text, now: integer)
-- All statements of this file act only while the worker has the page (client, lease, worker). A second run, or a late one, does
-- nothing. Stores the state of devices that failed now or before: a JSON array of [passType, device, due or null, failures,
-- since or null, reason or null]. Skips a device that another page has now. A device that already waits for its own time waits
-- for the later one. A time in the past becomes a moment from now, so that `wake` finds it.
INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, due_at, attempts, failing_since, reason)
SELECT d.pass_type, d.device_id, d.client, d.covered, d.pushed_at,
    iif(e.value ->> 2 IS NULL, d.due_at, max(e.value ->> 2, coalesce(d.due_at, 0), :now + 1)),
    e.value ->> 3, e.value ->> 4, e.value ->> 5
FROM push_pages AS g
CROSS JOIN json_each(:devices) AS e
CROSS JOIN push_devices AS d
    ON d.pass_type = e.value ->> 0 AND d.device_id = pack(e.value ->> 1) AND d.client = g.client AND d.pushed_at = g.opened_at
WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
ON CONFLICT (pass_type, device_id, client) DO UPDATE SET
    due_at = excluded.due_at, attempts = excluded.attempts, failing_since = excluded.failing_since, reason = excluded.reason;

-- blame(client: text, worker: text, lease: integer, dead: text)
-- Counts, by pass, the registrations that `drop_dead` is about to delete.
INSERT INTO push_jobs (pass_type, serial, client, revision, devices, after_device, again, started_at, due_at, dropped)
SELECT j.pass_type, j.serial, j.client, j.revision, j.devices, j.after_device, j.again, j.started_at, j.due_at,
    j.dropped + count(*)
FROM push_pages AS g
CROSS JOIN json_each(:dead) AS e
CROSS JOIN registrations AS r ON r.device_id = pack(e.value ->> 1) AND r.pass_type = e.value ->> 0
CROSS JOIN push_jobs AS j ON j.pass_type = r.pass_type AND j.serial = r.serial AND j.client = g.client
WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
  AND r.client IS nullif(:client, '') AND r.push_token = pack(e.value ->> 2)
  AND (e.value ->> 3 IS NULL OR r.registered_at < e.value ->> 3)
GROUP BY j.pass_type, j.serial
ON CONFLICT (pass_type, serial, client) DO UPDATE SET dropped = excluded.dropped;

-- drop_dead(client: text, worker: text, lease: integer, dead: text)
-- Deletes the registrations of dead push tokens: a JSON array of [passType, device, token, before or null]. Registrations of
-- the second `before` or later stay.
DELETE FROM registrations
WHERE (device_id, pass_type, serial) IN (
    SELECT r.device_id, r.pass_type, r.serial
    FROM push_pages AS g
    CROSS JOIN json_each(:dead) AS e
    CROSS JOIN registrations AS r ON r.device_id = pack(e.value ->> 1) AND r.pass_type = e.value ->> 0
    WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
      AND r.client IS nullif(:client, '') AND r.push_token = pack(e.value ->> 2)
      AND (e.value ->> 3 IS NULL OR r.registered_at < e.value ->> 3));

-- try_others(client: text, worker: text, lease: integer, dead: text, now: integer)
-- A device with a dead token may have registered another one since the page was handed out. It gets a push a moment from now,
-- so that `wake` finds it.
UPDATE push_devices SET due_at = :now + 1
WHERE due_at IS NULL AND (pass_type, device_id, client, pushed_at) IN (
    SELECT r.pass_type, r.device_id, g.client, g.opened_at
    FROM push_pages AS g
    CROSS JOIN json_each(:dead) AS e
    CROSS JOIN registrations AS r ON r.device_id = pack(e.value ->> 1) AND r.pass_type = e.value ->> 0
    WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
      AND r.client IS nullif(:client, '') AND r.registered_at >= g.opened_at / 1000);

-- count(client: text, worker: text, lease: integer, counts: text, now: integer)
-- Adds to the counters: a JSON array of [passType, outcome, reason, number].
INSERT INTO push_counters (client, pass_type, outcome, reason, count, last_at)
SELECT g.client, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3, :now
FROM push_pages AS g CROSS JOIN json_each(:counts) AS e
WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
ON CONFLICT (client, pass_type, outcome, reason) DO UPDATE SET count = count + excluded.count, last_at = excluded.last_at;

-- hold(client: text, worker: text, lease: integer, holds: text, now: integer, confirmed_after: integer)
-- Stores holds: a JSON array of [pass type, or '' for all; until; cause; reason]. Of two holds the longer one stays. A hold
-- that ended more than an hour ago does not count as one in a row. If an issuer permitted the deletion of bad push tokens after
-- `confirmed_after`, they cause no hold.
INSERT INTO push_holds (client, pass_type, until, since, times, cause, reason)
SELECT g.client, e.value ->> 0, e.value ->> 1, :now, 1, e.value ->> 2, e.value ->> 3
FROM push_pages AS g CROSS JOIN json_each(:holds) AS e
WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker
ON CONFLICT (client, pass_type) DO UPDATE SET
    until  = max(until, excluded.until),
    since  = iif(until < excluded.since - 3600000, excluded.since, since),
    times  = CASE WHEN until < excluded.since - 3600000 THEN 1 WHEN until <= excluded.since THEN times + 1 ELSE times END,
    cause  = excluded.cause,
    reason = excluded.reason
WHERE push_holds.cause <> 'confirmed' OR push_holds.since < :confirmed_after
    OR excluded.reason NOT IN ('BadDeviceToken', 'DeviceTokenNotForTopic');

-- release(client: text, worker: text, lease: integer, pass_types: text, now: integer)
-- Deletes the holds that have ended on these pass types, a JSON array: their pushes were delivered. An issuer's permission is
-- not a hold.
DELETE FROM push_holds
WHERE client = :client AND pass_type IN (SELECT e.value FROM json_each(:pass_types) AS e) AND until <= :now
    AND cause <> 'confirmed'
  AND EXISTS (SELECT 1 FROM push_pages AS g WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker);

-- leave(client: text, worker: text, lease: integer, devices: text, now: integer)
-- -> (due_at: integer)
-- Leaves the rest of the page to another worker: as soon as a pass type in it is not held. A hold that the worker saw may have
-- been ended by a test push since.
UPDATE push_pages SET devices = (SELECT json_group_array(json(value)) FROM (SELECT DISTINCT e.value
    FROM json_each(:devices) AS e)), worker = '', tries = 0,
    due_at = (
        SELECT min(coalesce((
            SELECT max(h.until) FROM push_holds AS h
            WHERE h.client = :client AND h.pass_type IN ('', t.pass_type) AND h.until > :now), :now))
        FROM (SELECT DISTINCT e.value ->> 0 AS pass_type FROM json_each(:devices) AS e) AS t)
WHERE client = :client AND due_at = :lease AND worker = :worker
RETURNING json_array(due_at) AS json;

-- finish(client: text, worker: text, lease: integer)
-- Deletes the page.
DELETE FROM push_pages WHERE client = :client AND due_at = :lease AND worker = :worker;
