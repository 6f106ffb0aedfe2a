-- Get reads a record.
-- KEYS     1 meta, 2 the record
-- ARGV     none
-- Returns  version and data; nothing when there is no such record or it has expired
-- Why      what has expired is absent at once, whenever Redis takes it away.

local f = redis.call('HMGET', KEYS[2], 'version', 'expires', 'data')
if not f[1] or tonumber(f[2]) <= now then return {} end
return {tonumber(f[1]), f[3]}
