-- list_updatable_passes(device: packed, pass_type: text, since: integer)
-- -> text
-- The device's passes of this type that changed after revision `since`: their newest revision, directly followed by the JSON
-- array of their serial numbers. Writing the whole object in SQL would cost more. No row: nothing changed, or nothing is
-- registered. A tag above the type's newest revision counts as none: it is from before a restore of the database, or from
-- another server.
SELECT max(p.revision) || json_group_array(p.serial) AS json
FROM registrations AS r
CROSS JOIN passes AS p ON p.pass_type = :pass_type AND p.serial = r.serial
WHERE r.device_id = :device AND r.pass_type = :pass_type AND p.withdrawn_at IS NULL
  AND (p.revision > :since OR :since > (SELECT t.revision FROM pass_types AS t WHERE t.pass_type = :pass_type))
HAVING count(*) > 0;

-- list_and_note(device: packed, pass_type: text, since: integer, now: integer)
-- -> text
-- The same, and notes in `device_lists` what the device is told: one row, or none if nothing changed, or if the device got the
-- same list within the last minute. RETURNING costs one row read. With a SELECT instead of VALUES, SQLite would copy the list
-- to a temporary table, which costs another.
INSERT INTO lists_on_their_way (device_id, pass_type, listed_at, list)
VALUES (:device, :pass_type, :now, (
    SELECT max(p.revision) || json_group_array(p.serial)
    FROM registrations AS r
    CROSS JOIN passes AS p ON p.pass_type = :pass_type AND p.serial = r.serial
    WHERE r.device_id = :device AND r.pass_type = :pass_type AND p.withdrawn_at IS NULL
      AND (p.revision > :since OR :since > (SELECT t.revision FROM pass_types AS t WHERE t.pass_type = :pass_type))
    HAVING count(*) > 0
))
RETURNING list AS json;
