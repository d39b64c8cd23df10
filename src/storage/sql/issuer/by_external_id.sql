-- named(external_id: text, template: text?, most: integer)
-- -> (pass_type: text, serial: text, template: text?)
-- Up to `most` passes with this external identifier, of a template if one is given.
SELECT json_array(p.pass_type, p.serial, p.template) AS json
FROM passes AS p
WHERE p.external_id = :external_id AND (:template IS NULL OR p.template = :template)
ORDER BY p.template, p.pass_type, p.serial
LIMIT :most;
