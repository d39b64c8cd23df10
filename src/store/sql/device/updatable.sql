-- updatable(device: text, pass_type: text, since: integer)
-- The device's passes of this type that changed after revision `since`, as the SerialNumbers object itself.
-- No row: nothing changed, or nothing is registered. A tag above the type's newest revision was never
-- handed out by this database (it was restored to an earlier moment, or the tag is another server's) and counts as none.
SELECT json_object('serialNumbers', json_group_array(p.serial), 'lastUpdated', CAST(max(p.revision) AS TEXT)) AS json
FROM registrations AS r
CROSS JOIN passes AS p ON p.pass_type = r.pass_type AND p.serial = r.serial
WHERE r.device_id = pack(:device) AND r.pass_type = :pass_type AND p.withdrawn_at IS NULL
  AND p.revision > iif(:since > (SELECT t.revision FROM pass_types AS t WHERE t.pass_type = :pass_type), -1, :since)
HAVING count(*) > 0;
