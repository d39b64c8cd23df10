-- count(day: integer, entries: text)
-- Adds the log lines of a request to the counters of the day. `entries` is a JSON array of [kind, passType, count, sample].
-- Unknown pass types are counted under '', because anyone can send lines and the number of rows must stay bounded.
INSERT INTO device_log (day, pass_type, kind, count, sample)
SELECT CAST(:day AS INTEGER),
       coalesce((SELECT t.pass_type FROM pass_types AS t WHERE t.pass_type = e.value ->> 1), '') AS known_type,
       e.value ->> 0 AS line_kind, CAST(sum(e.value ->> 2) AS INTEGER), max(e.value ->> 3)
FROM json_each(:entries) AS e
WHERE true
GROUP BY known_type, line_kind
ON CONFLICT (day, pass_type, kind) DO UPDATE SET count = count + excluded.count, sample = excluded.sample;
