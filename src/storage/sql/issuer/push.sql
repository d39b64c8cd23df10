-- pass(pass_type: text, serial: text)
-- -> (revision: integer)
-- The pass's newest revision. No row: unknown pass.
SELECT json_array(p.revision) AS json FROM passes AS p WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- jobs(pass_type: text, serial: text)
-- -> (client: text, due_at: integer?, started_at: integer, dropped: integer)
-- For each wallet: when the job is due, when the newest lap began (unix milliseconds), and how many registrations were deleted
-- because their push token was dead.
SELECT json_array(j.client, j.due_at, j.started_at, j.dropped) AS json
FROM push_jobs AS j
WHERE j.pass_type = :pass_type AND j.serial = :serial;

-- devices(pass_type: text, serial: text, clients: text, usable: text, most: integer)
-- -> (state: text, reason: text?, phones: integer, registrations: integer)
-- Counts the phones of the first `most` registrations by their state for the newest change, with the reason of a failure.
-- Registrations with the same push token are one phone, and its most advanced state counts. `usable` is a JSON array of the
-- wallets that can be pushed to.
SELECT json_array(state, reason, count(*), sum(registrations)) AS json
FROM (
    SELECT min(state) AS state, max(reason) AS reason, count(*) AS registrations
    FROM (
        SELECT r.push_token, r.client, d.reason, CASE
                WHEN coalesce(r.client, '') NOT IN (SELECT c.value FROM json_each(:usable) AS c) THEN '7 no push service'
                WHEN d.pushed_at IN (
                    SELECT g.opened_at FROM push_pages AS g
                    WHERE g.client IN (SELECT c.value FROM json_each(:clients) AS c)) THEN '2 waiting'
                WHEN d.due_at IS NOT NULL AND d.attempts > 0 THEN '3 failing'
                WHEN d.due_at IS NOT NULL THEN '2 waiting'
                WHEN d.covered >= p.revision AND d.reason IS NOT NULL THEN '4 given up'
                WHEN d.covered >= p.revision THEN '1 told'
                WHEN j.due_at IS NOT NULL AND (j.again OR j.after_device = '' OR r.device_id > pack(j.after_device))
                    THEN '5 queued'
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
-- For each wallet of a JSON array: the jobs and devices that wait, each counted up to `most`, and since when the oldest has
-- waited.
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
-- The counters by wallet, outcome and reason, with the last time (unix milliseconds).
SELECT json_array(k.client, k.outcome, k.reason, sum(k.count), max(k.last_at)) AS json
FROM push_counters AS k
WHERE k.client IN (SELECT c.value FROM json_each(:clients) AS c)
GROUP BY k.client, k.outcome, k.reason;

-- holds(clients: text, ended_after: integer, confirmed_after: integer)
-- -> (client: text, pass_type: text, cause: text, reason: text, since: integer, until: integer)
-- The holds of the wallets, and those that ended after `ended_after`. The pass type '' stands for all. A row with the cause
-- 'confirmed' is an issuer's confirmation that bad push tokens of the type may be deleted.
SELECT json_array(h.client, h.pass_type, h.cause, h.reason, h.since, h.until) AS json
FROM push_holds AS h
WHERE h.client IN (SELECT c.value FROM json_each(:clients) AS c)
  AND iif(h.cause = 'confirmed', h.since > :confirmed_after, h.until > :ended_after);

-- release(client: text, pass_type: text)
-- Ends the holds, after a test push was accepted.
DELETE FROM push_holds WHERE client = :client AND pass_type IN ('', :pass_type);

-- resume(client: text, now: integer)
-- Makes the pages that were left during the hold due now.
UPDATE push_pages SET due_at = :now WHERE client = :client AND worker = '' AND due_at > :now;

-- confirm(client: text, pass_type: text, now: integer)
-- Stores the issuer's confirmation that bad push tokens of the type may be deleted, however many they are. The row is in the
-- table of holds, but holds nothing.
INSERT INTO push_holds (client, pass_type, until, since, times, cause, reason)
VALUES (:client, :pass_type, 0, :now, 0, 'confirmed', '');
