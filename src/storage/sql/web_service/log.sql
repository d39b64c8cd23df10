-- count(day: integer, entries: text)
-- Adds a request's log lines, grouped beforehand into a JSON array of [kind, passType, count, sample], to the day's counters.
-- A pass type that nobody published is counted under '': the endpoint is open, and rows must stay bounded. Each counter is written once.
INSERT INTO device_log (day, pass_type, kind, count, sample)
SELECT CAST(:day AS INTEGER),
       coalesce((SELECT t.pass_type FROM pass_types AS t WHERE t.pass_type = e.value ->> 1), '') AS known_type,
       e.value ->> 0 AS line_kind, CAST(sum(e.value ->> 2) AS INTEGER), max(e.value ->> 3)
FROM json_each(:entries) AS e
WHERE true
GROUP BY known_type, line_kind
ON CONFLICT (day, pass_type, kind) DO UPDATE SET count = count + excluded.count, sample = excluded.sample;
