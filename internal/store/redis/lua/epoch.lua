-- Epoch names the memory behind the store.
-- KEYS     1 meta
-- ARGV     none
-- Returns  the epoch that is in meta, and the run id of the server, "" where this user may not ask for it
-- Why      a server that starts again or takes over may have lost what was confirmed. One that was emptied has no epoch.

if not epoch then keep_time() end
local info = redis.pcall('INFO', 'server')
return {epoch, type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''}
