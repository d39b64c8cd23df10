-- note(client: text, worker: text, lease: integer, devices: text, now: integer)
-- This and all below but the last act only while the worker has the page (client, lease, worker): what runs twice, or too late, does
-- nothing. What is known of devices that failed, or did before: a JSON array of [passType, device, due or null, failures, since or null,
-- reason or null]. A device that was handed out to another page meanwhile is that page's business. One that waits for its
-- time anyway waits for the later of the two. A time that has passed while the page was under way is a moment from now, so that
-- `wake` finds it.
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
SELECT j.pass_type, j.serial, j.client, j.revision, j.devices, j.after_device, j.again, j.started_at, j.due_at, j.dropped + count(*)
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
-- Deletes the registrations of dead push tokens: a JSON array of [passType, device, token, before or null], where those that
-- were registered in the second `before` or later stay.
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
-- A device whose dead token is gone may have another one since the page was handed out, because it rotated: it is still to be
-- told, a moment from now, so that `wake` finds it.
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

-- hold(client: text, worker: text, lease: integer, holds: text, now: integer)
-- The push service takes nothing for a while: a JSON array of [pass type, or '' for all; until; cause; reason]. The longer of
-- two holds is kept; one that is long over was another one. An issuer's word that bad push tokens may go stands against a hold for
-- that reason.
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
WHERE push_holds.cause <> 'confirmed' OR excluded.reason NOT IN ('BadDeviceToken', 'DeviceTokenNotForTopic');

-- release(client: text, worker: text, lease: integer, pass_types: text, now: integer)
-- The push service took pushes of these types, a JSON array, since it was to be asked again. An issuer's word is no hold.
DELETE FROM push_holds
WHERE client = :client AND pass_type IN (SELECT e.value FROM json_each(:pass_types) AS e) AND until <= :now AND cause <> 'confirmed'
  AND EXISTS (SELECT 1 FROM push_pages AS g WHERE g.client = :client AND g.due_at = :lease AND g.worker = :worker);

-- leave(client: text, worker: text, lease: integer, devices: text, due: integer)
-- The page is not done: what is left of it goes on then.
UPDATE push_pages SET devices = (SELECT json_group_array(json(value)) FROM (SELECT DISTINCT e.value FROM json_each(:devices) AS e)), worker = '', due_at = :due, tries = 0
WHERE client = :client AND due_at = :lease AND worker = :worker;

-- finish(client: text, worker: text, lease: integer)
-- The page is done.
DELETE FROM push_pages WHERE client = :client AND due_at = :lease AND worker = :worker;
