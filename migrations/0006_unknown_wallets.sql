-- Apple's push tokens are hex. A wallet that shows Apple's scheme and registered anything else is another one, which nobody can
-- push to: `client` says so from now on, as it does for new registrations. What was still to be pushed to such a device finds no
-- registration of Apple's any more, and is left out. The row changed, so the 30 days after which the sweep removes it begin now.
UPDATE registrations SET client = 'unknown', registered_at = unixepoch()
WHERE client IS NULL AND typeof(push_token) = 'text' AND push_token GLOB '*[^0-9a-fA-F]*';
