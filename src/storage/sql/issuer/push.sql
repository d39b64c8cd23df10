-- pass(pass_type: text, serial: text)
-- -> (revision: integer)
-- The pass's newest revision. No row: unknown pass.
SELECT json_array(p.revision) AS json FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- jobs(pass_type: text, serial: text)
-- -> (client: text, due_at: integer?, started_at: integer, dropped: integer)
-- By client: when its devices are to be handed out (unix milliseconds), when the newest lap began, and how many registrations
-- went because their push token was dead.
SELECT json_array(j.client, j.due_at, j.started_at, j.dropped) AS json
FROM push_jobs AS j
WHERE j.pass_type = :pass_type AND j.serial = :serial;

-- devices(pass_type: text, serial: text, clients: text, usable: text, most: integer)
-- -> (state: text, reason: text?, phones: integer, registrations: integer)
-- Of the first so many registrations of the pass, the phones by how far they were told of its newest change, with the reason of a
-- failure. Registrations with one push token are one phone, of which the furthest counts. What was not told waits for a job, is of
-- a wallet that nobody can push to (`usable`: a JSON array of the others), or registered since the change.
SELECT json_array(state, reason, count(*), sum(registrations)) AS json
FROM (
    SELECT min(state) AS state, max(reason) AS reason, count(*) AS registrations
    FROM (
        SELECT r.push_token, r.client, d.reason, CASE
                WHEN coalesce(r.client, '') NOT IN (SELECT c.value FROM json_each(:usable) AS c) THEN '7 no push service'
                WHEN d.pushed_at IN (SELECT g.opened_at FROM push_pages AS g WHERE g.client IN (SELECT c.value FROM json_each(:clients) AS c)) THEN '2 waiting'
                WHEN d.due_at IS NOT NULL AND d.attempts > 0 THEN '3 failing'
                WHEN d.due_at IS NOT NULL THEN '2 waiting'
                WHEN d.covered >= p.revision AND d.reason IS NOT NULL THEN '4 given up'
                WHEN d.covered >= p.revision THEN '1 told'
                WHEN j.due_at IS NOT NULL AND (j.again OR j.after_device = '' OR r.device_id > pack(j.after_device)) THEN '5 queued'
                ELSE '6 registered since' END AS state
        FROM passes AS p
        CROSS JOIN registrations AS r ON r.pass_type = p.pass_type AND r.serial = p.serial
        LEFT JOIN push_devices AS d
            ON d.pass_type = r.pass_type AND d.device_id = r.device_id AND d.client = coalesce(r.client, '')
        LEFT JOIN push_jobs AS j
            ON j.pass_type = r.pass_type AND j.serial = r.serial AND j.client = coalesce(r.client, '')
        WHERE p.pass_type = :pass_type AND p.serial = :serial
        LIMIT :most)
    GROUP BY client, push_token)
GROUP BY state, reason;

-- waiting(clients: text, most: integer)
-- -> (client: text, jobs: integer, oldest_job: integer?, devices: integer, oldest_device: integer?)
-- By client of a JSON array: jobs that wait, of at most so many, and since when the oldest; the same of devices.
SELECT json_array(
    c.value,
    (SELECT count(*) FROM (SELECT 1 FROM push_jobs AS j WHERE j.client = c.value AND j.due_at IS NOT NULL LIMIT :most)),
    (SELECT min(j.due_at) FROM push_jobs AS j WHERE j.client = c.value AND j.due_at IS NOT NULL),
    (SELECT count(*) FROM (SELECT 1 FROM push_devices AS d WHERE d.client = c.value AND d.due_at IS NOT NULL LIMIT :most))
        + (SELECT coalesce(sum(json_array_length(g.devices)), 0) FROM push_pages AS g WHERE g.client = c.value),
    (SELECT min(d.due_at) FROM push_devices AS d WHERE d.client = c.value AND d.due_at IS NOT NULL)) AS json
FROM json_each(:clients) AS c;

-- counters(clients: text)
-- -> (client: text, outcome: text, reason: text, count: integer, last_at: integer)
-- By client, outcome and reason: how many, and the last moment (unix milliseconds).
SELECT json_array(k.client, k.outcome, k.reason, sum(k.count), max(k.last_at)) AS json
FROM push_counters AS k
WHERE k.client IN (SELECT c.value FROM json_each(:clients) AS c)
GROUP BY k.client, k.outcome, k.reason;

-- holds(clients: text, ended_after: integer, confirmed_after: integer)
-- -> (client: text, pass_type: text, cause: text, reason: text, since: integer, until: integer)
-- What the clients' push services do not take from us, or did not until a while ago. The pass type '' stands for all. With the cause 'confirmed': since when bad push tokens of the type go, by an issuer's word.
SELECT json_array(h.client, h.pass_type, h.cause, h.reason, h.since, h.until) AS json
FROM push_holds AS h
WHERE h.client IN (SELECT c.value FROM json_each(:clients) AS c) 
  AND iif(h.cause = 'confirmed', h.since > :confirmed_after, h.until > :ended_after);

-- release(client: text, pass_type: text)
-- The push service was tried, and takes our pushes.
DELETE FROM push_holds WHERE client = :client AND pass_type IN ('', :pass_type);

-- resume(client: text, now: integer)
-- What was left while it did not goes on now.
UPDATE push_pages SET due_at = :now WHERE client = :client AND worker = '' AND due_at > :now;

-- confirm(client: text, pass_type: text, now: integer)
-- The issuer's word that push tokens of the type which the service calls bad may go, however many they are. It stands where a hold
-- would, and holds nothing.
INSERT INTO push_holds (client, pass_type, until, since, times, cause, reason)
VALUES (:client, :pass_type, 0, :now, 0, 'confirmed', '');
