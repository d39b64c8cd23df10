-- page(after: text, limit: integer)
-- -> (pass_type: text, revision: integer?, subject: text?, team: text?, serial_number: text?, not_before: integer?,
-- not_after: integer?, stored_at: integer?, certificate_requests: integer)
-- A page of the pass types that have passes, a signing identity or a certificate request, in the order of their names.
SELECT json_array(n.pass_type, t.revision, i.subject, i.team, i.serial_number, i.not_before, i.not_after, i.stored_at,
    (SELECT count(*) FROM certificate_requests AS r WHERE r.pass_type = n.pass_type)) AS json
FROM (SELECT pass_type FROM pass_types WHERE pass_type > :after
      UNION SELECT pass_type FROM signing_identities WHERE pass_type > :after
      UNION SELECT pass_type FROM certificate_requests WHERE pass_type > :after
      ORDER BY pass_type LIMIT :limit) AS n
LEFT JOIN pass_types AS t ON t.pass_type = n.pass_type
LEFT JOIN signing_identities AS i ON i.pass_type = n.pass_type
ORDER BY n.pass_type;
