-- due(clients: text, now: integer)
-- -> (client: text)
-- Of a JSON array of wallets, those that have something due without a hold.
SELECT json_array(c.value) AS json
FROM json_each(:clients) AS c
WHERE NOT EXISTS (SELECT 1 FROM push_holds AS h WHERE h.client = c.value AND h.pass_type = '' AND h.until > :now)
  AND (EXISTS (
        SELECT 1 FROM push_jobs AS j
        WHERE j.client = c.value AND j.due_at <= :now
          AND NOT EXISTS (
            SELECT 1 FROM push_holds AS h WHERE h.client = c.value AND h.pass_type = j.pass_type AND h.until > :now))
    OR EXISTS (
        SELECT 1 FROM push_devices AS d
        WHERE d.client = c.value AND d.due_at <= :now
          AND NOT EXISTS (
            SELECT 1 FROM push_holds AS h WHERE h.client = c.value AND h.pass_type = d.pass_type AND h.until > :now))
    OR EXISTS (SELECT 1 FROM push_pages AS g WHERE g.client = c.value AND g.due_at <= :now
        AND g.due_at + max(0, g.tries - 1) * 600000 <= :now));

-- waiting(clients: text)
-- -> due
-- Of a JSON array of wallets, those that have something due, now or later.
SELECT json_array(c.value) AS json
FROM json_each(:clients) AS c
WHERE EXISTS (SELECT 1 FROM push_jobs AS j WHERE j.client = c.value AND j.due_at IS NOT NULL)
   OR EXISTS (SELECT 1 FROM push_devices AS d WHERE d.client = c.value AND d.due_at IS NOT NULL);
