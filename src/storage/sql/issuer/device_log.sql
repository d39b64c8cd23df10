-- since(day: integer, limit: integer)
-- -> (day: text, pass_type: text, kind: text, count: integer, sample: text)
-- The counters of log lines, newest day first.
SELECT json_array(date(l.day * 86400, 'unixepoch'), l.pass_type, l.kind, l.count, l.sample) AS json
FROM device_log AS l
WHERE l.day >= :day
ORDER BY l.day DESC, l.pass_type, l.kind
LIMIT :limit;
