-- page(external_id: text?, template: text?, pass_type: text?, after_type: text, after_serial: text, withdrawn: text?,
-- since: integer, registered: text?, push: text?, behind: text?, fields: text, look: integer, limit: integer)
-- -> (pass_type: text, serial: text, place: integer, matches: boolean, template: text?, external_id: text?, etag: text,
-- modified_at: integer, size: integer, revision: integer, web_service: boolean, withdrawn_at: integer?,
-- registrations: integer, first_registered_at: integer?, last_removed_at: integer?, last_listed_at: integer?)
-- Passes in the order of pass type and serial number, after (`after_type`, `after_serial`). A parameter that is NULL asks for
-- nothing. It looks at the next `look` passes: of the external identifier, else of the template, else of all. It stops after
-- `limit` rows. The row with `place` = `look` is there even if it does not match, as the next page begins after it.
--
-- `fields` is a JSON object of own values. A blob is above all texts, so it bounds pass types where none is given. A list from
-- before the first registration of a pass told of others.
SELECT json_array(f.pass_type, f.serial, f.place, f.matches, f.template, f.external_id, f.file_sha256, f.modified_at, f.size,
    f.revision, f.token_sha256 IS NOT NULL, f.withdrawn_at, count(r.device_id), f.first_registered_at, f.last_removed_at,
    max(iif(l.revision >= f.revision AND l.listed_at >= f.first_registered_at, l.listed_at, NULL))) AS json
FROM (
    SELECT * FROM (
        SELECT w.place, p.*,
            (:withdrawn IS NULL OR :withdrawn = iif(p.withdrawn_at IS NULL, 'false', 'true'))
            AND p.revision > :since
            AND (:registered IS NULL OR :registered = CASE
                WHEN p.first_registered_at IS NULL THEN 'never'
                WHEN EXISTS (
                    SELECT 1 FROM registrations AS r WHERE r.pass_type = p.pass_type AND r.serial = p.serial) THEN 'now'
                ELSE 'removed' END)
            AND NOT EXISTS (
                SELECT 1 FROM json_each(:fields) AS e
                WHERE NOT EXISTS (SELECT 1 FROM json_each(p.field_values) AS v WHERE v.key = e.key AND v.value = e.value))
            AND (:push IS NULL OR EXISTS (
                SELECT 1 FROM registrations AS r
                CROSS JOIN push_devices AS d
                    ON d.pass_type = r.pass_type AND d.device_id = r.device_id AND d.client = coalesce(r.client, '')
                WHERE r.pass_type = p.pass_type AND r.serial = p.serial AND d.reason IS NOT NULL))
            AND (:behind IS NULL OR (p.withdrawn_at IS NULL
                AND p.modified_at > (SELECT CAST(u.progress AS INTEGER) FROM upkeep AS u WHERE u.job = 'lists_since')
                AND EXISTS (
                    SELECT 1 FROM registrations AS r
                    LEFT JOIN device_lists AS l ON l.device_id = r.device_id AND l.pass_type = r.pass_type
                    WHERE r.pass_type = p.pass_type AND r.serial = p.serial AND r.registered_at < p.modified_at
                      AND (l.revision IS NULL OR l.revision < p.revision)))) AS matches
        FROM (
            SELECT k.pass_type, k.serial, row_number() OVER () AS place
            FROM (
                SELECT a.pass_type, a.serial FROM passes AS a
                WHERE :external_id IS NULL AND :template IS NULL
                  AND (a.pass_type, a.serial) > (:after_type, :after_serial) AND a.pass_type <= coalesce(:pass_type, x'')
                UNION ALL
                SELECT t.pass_type, t.serial FROM passes AS t
                WHERE :external_id IS NULL AND t.template = :template
                  AND (t.pass_type, t.serial) > (:after_type, :after_serial) AND t.pass_type <= coalesce(:pass_type, x'')
                UNION ALL
                SELECT x.pass_type, x.serial FROM passes AS x
                WHERE x.external_id = :external_id AND (:template IS NULL OR x.template = :template)
                  AND (x.pass_type, x.serial) > (:after_type, :after_serial) AND x.pass_type <= coalesce(:pass_type, x'')
                ORDER BY pass_type, serial
                LIMIT :look) AS k) AS w
        CROSS JOIN passes AS p ON p.pass_type = w.pass_type AND p.serial = w.serial
        LIMIT :look)
    WHERE matches OR place = :look
    LIMIT :limit) AS f
LEFT JOIN registrations AS r ON r.pass_type = f.pass_type AND r.serial = f.serial
LEFT JOIN device_lists AS l ON l.device_id = r.device_id AND l.pass_type = r.pass_type
GROUP BY f.pass_type, f.serial
ORDER BY f.pass_type, f.serial;
