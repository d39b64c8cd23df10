-- count(pass_type: text, once: text, twice: text, token: text, now: integer, forgotten: integer)
-- Counts that a token was refused for the pass, unless it is the pass's: then the pass was withdrawn. `once` and `twice` are
-- the readings of the serial number. At most one row a minute is written for a pass, whoever asks. If the last refusal was
-- before `forgotten`, the count begins again. An unknown pass writes nothing.
INSERT INTO token_refusals (pass_type, serial, count, first_at, last_at)
SELECT p.pass_type, p.serial, 1, :now, :now
FROM passes AS p
WHERE p.pass_type = :pass_type AND p.serial IN (:once, :twice) AND p.token_sha256 IS NOT :token
ON CONFLICT (pass_type, serial) DO UPDATE SET
    count    = iif(last_at < :forgotten, 1, count + 1),
    first_at = iif(last_at < :forgotten, excluded.first_at, first_at),
    last_at  = excluded.last_at
WHERE last_at < excluded.last_at - 60;
