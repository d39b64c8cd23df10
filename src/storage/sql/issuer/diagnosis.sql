-- pass(pass_type: text, serial: text)
-- -> (object_key: text, token: text?, modified_at: integer, withdrawn_at: integer?, template: text?,
-- first_registered_at: integer?, last_removed_at: integer?)
-- The pass. No row: it was never published.
SELECT json_array(p.object_key, p.token_sha256, p.modified_at, p.withdrawn_at, p.template, p.first_registered_at,
    p.last_removed_at) AS json
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial = :serial;

-- wallets(pass_type: text, serial: text, most: integer)
-- -> (client: text?, registrations: integer, first_at: integer, last_at: integer)
-- The wallets of the first `most` registrations, with the times (unix seconds) of the oldest and the newest.
SELECT json_array(h.client, count(*), min(h.registered_at), max(h.registered_at)) AS json
FROM (
    SELECT r.client, r.registered_at
    FROM registrations AS r
    WHERE r.pass_type = :pass_type AND r.serial = :serial
    LIMIT :most) AS h
GROUP BY h.client;

-- lists(pass_type: text, serial: text, most: integer)
-- -> (listed: integer, behind: integer, last_at: integer?)
-- Of the first `most` registrations: how many devices were told of the newest change by a list, how many registered before the
-- change and were not, and when the last was told (unix seconds). Nobody knows of a change from before lists were noted.
SELECT json_array(count(h.listed_at), coalesce(sum(h.listed_at IS NULL AND h.is_older), 0), max(h.listed_at)) AS json
FROM (
    SELECT iif(l.revision >= p.revision AND l.listed_at >= p.first_registered_at, l.listed_at, NULL) AS listed_at,
        r.registered_at < p.modified_at
            AND p.modified_at > (SELECT CAST(u.progress AS INTEGER) FROM upkeep AS u WHERE u.job = 'lists_since') AS is_older
    FROM passes AS p
    CROSS JOIN registrations AS r ON r.pass_type = p.pass_type AND r.serial = p.serial
    LEFT JOIN device_lists AS l ON l.device_id = r.device_id AND l.pass_type = r.pass_type
    WHERE p.pass_type = :pass_type AND p.serial = :serial
    LIMIT :most) AS h;

-- refusals(pass_type: text, serial: text)
-- -> (count: integer, first_at: integer, last_at: integer)
-- How often a token was refused for the pass. No row: never.
SELECT json_array(x.count, x.first_at, x.last_at) AS json
FROM token_refusals AS x
WHERE x.pass_type = :pass_type AND x.serial = :serial;

-- reports(pass_type: text, days: text)
-- -> (kind: text, count: integer, sample: text)
-- What phones reported about the pass type on the days of a JSON array.
SELECT json_array(l.kind, sum(l.count), max(l.sample)) AS json
FROM json_each(:days) AS d
CROSS JOIN device_log AS l ON l.day = d.value AND l.pass_type = :pass_type
GROUP BY l.kind;
