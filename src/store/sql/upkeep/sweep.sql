-- progress()
-- The object key at which the last sweep stopped. No row: start from the beginning.
SELECT json_array(u.progress) AS json FROM upkeep AS u WHERE u.job = 'sweep';

-- notice(candidates: text, now: integer)
-- Of a JSON array of [passType, serial, objectKey], or ['', template, objectKey], notes those that no row names and that
-- were not noted before. An upload on its way is noted too; what counts is whether a row names it when its time is over.
INSERT INTO retired_objects (object_key, retired_at)
SELECT c.value ->> 2, :now
FROM json_each(:candidates) AS c
WHERE NOT EXISTS (
    SELECT 1 FROM passes AS p
    WHERE p.pass_type = c.value ->> 0 AND p.serial = c.value ->> 1 AND p.object_key = c.value ->> 2)
  AND NOT EXISTS (
    SELECT 1 FROM templates AS t
    WHERE c.value ->> 0 = '' AND t.name = c.value ->> 1 AND t.object_key = c.value ->> 2)
ON CONFLICT (object_key) DO NOTHING;

-- unneeded(candidates: text, retired_before: integer)
-- Of the same array, the keys that were noted before that moment and that no row names.
SELECT json_array(c.value ->> 2) AS json
FROM json_each(:candidates) AS c
WHERE EXISTS (SELECT 1 FROM retired_objects AS o WHERE o.object_key = c.value ->> 2 AND o.retired_at < :retired_before)
  AND NOT EXISTS (
    SELECT 1 FROM passes AS p
    WHERE p.pass_type = c.value ->> 0 AND p.serial = c.value ->> 1 AND p.object_key = c.value ->> 2)
  AND NOT EXISTS (
    SELECT 1 FROM templates AS t
    WHERE c.value ->> 0 = '' AND t.name = c.value ->> 1 AND t.object_key = c.value ->> 2);

-- forget(keys: text)
-- The files of these keys are about to go.
DELETE FROM retired_objects WHERE object_key IN (SELECT k.value FROM json_each(:keys) AS k);

-- proceed(progress: text)
-- Where the next sweep goes on.
INSERT INTO upkeep (job, progress) VALUES ('sweep', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;

-- devices(limit: integer)
-- Of what devices were told last, the one after which the next sweep begins: so many after the one at which the last sweep
-- stopped. No row: the end is nearer than that.
SELECT json_array(d.pass_type, unpack(d.device_id)) AS json
FROM push_devices AS d
WHERE (d.pass_type, d.device_id) > (
    SELECT coalesce(max(u.progress ->> 0), ''), coalesce(pack(max(u.progress ->> 1)), '') FROM upkeep AS u WHERE u.job = 'push')
ORDER BY d.pass_type, d.device_id
LIMIT 1 OFFSET :limit;

-- forget_devices(to_type: text?, to_device: packed?)
-- Of the devices between the two, or to the end, those that have no registration left.
DELETE FROM push_devices
WHERE (pass_type, device_id) > (
    SELECT coalesce(max(u.progress ->> 0), ''), coalesce(pack(max(u.progress ->> 1)), '') FROM upkeep AS u WHERE u.job = 'push')
  AND (:to_type IS NULL OR (pass_type, device_id) <= (:to_type, :to_device))
  AND NOT EXISTS (
    SELECT 1 FROM registrations AS r
    WHERE r.device_id = push_devices.device_id AND r.pass_type = push_devices.pass_type
      AND r.client IS nullif(push_devices.client, ''));

-- proceed_devices(progress: text)
-- Where the next sweep goes on: a JSON array of pass type and device, empty to begin again.
INSERT INTO upkeep (job, progress) VALUES ('push', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;

-- forget_log(before_day: integer)
-- Counters too old to act on.
DELETE FROM device_log WHERE day < :before_day;

-- registrations(limit: integer)
-- Of registrations, the one after which the next page begins: so many after the one at which the last one stopped. No row: the
-- end is nearer than that.
SELECT json_array(unpack(r.device_id), r.pass_type, r.serial) AS json
FROM registrations AS r
WHERE (r.device_id, r.pass_type, r.serial) > (
    SELECT coalesce(pack(max(u.progress ->> 0)), ''), coalesce(max(u.progress ->> 1), ''), coalesce(max(u.progress ->> 2), '')
    FROM upkeep AS u WHERE u.job = 'registrations')
ORDER BY r.device_id, r.pass_type, r.serial
LIMIT 1 OFFSET :limit;

-- remove_unreachable(to_device: packed?, to_type: text?, to_serial: text?, wanted: text, before: integer)
-- Of the registrations between the two, or to the end, those that were last made before that moment by a wallet that is not in
-- the JSON array.
DELETE FROM registrations
WHERE (device_id, pass_type, serial) > (
    SELECT coalesce(pack(max(u.progress ->> 0)), ''), coalesce(max(u.progress ->> 1), ''), coalesce(max(u.progress ->> 2), '')
    FROM upkeep AS u WHERE u.job = 'registrations')
  AND (:to_type IS NULL OR (device_id, pass_type, serial) <= (:to_device, :to_type, :to_serial))
  AND client IS NOT NULL AND client NOT IN (SELECT w.value FROM json_each(:wanted) AS w) AND registered_at < :before;

-- proceed_registrations(progress: text)
-- Where the next page begins: a JSON array of device, pass type and serial number, empty to begin again.
INSERT INTO upkeep (job, progress) VALUES ('registrations', :progress)
ON CONFLICT (job) DO UPDATE SET progress = excluded.progress;
