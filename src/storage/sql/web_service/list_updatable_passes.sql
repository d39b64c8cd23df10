-- list_updatable_passes(device: packed, pass_type: text, since: integer)
-- -> text
-- The device's passes of this type that changed after revision `since`: the newest revision among them, and right behind it the
-- JSON array of their serial numbers, which is cheaper than to have the object written. No row: nothing changed, or nothing is
-- registered. A tag above the type's newest revision was never handed out by this database (it was restored to an earlier
-- moment, or the tag is another server's) and counts as none.
SELECT max(p.revision) || json_group_array(p.serial) AS json
FROM registrations AS r
CROSS JOIN passes AS p ON p.pass_type = :pass_type AND p.serial = r.serial
WHERE r.device_id = :device AND r.pass_type = :pass_type AND p.withdrawn_at IS NULL
  AND (p.revision > :since OR :since > (SELECT t.revision FROM pass_types AS t WHERE t.pass_type = :pass_type))
HAVING count(*) > 0;
