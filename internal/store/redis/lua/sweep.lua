-- Sweep removes records that have expired, with their index entries.
-- KEYS     1 meta, 2 expiry, 3 indexes
-- ARGV     how many at most
-- Returns  how many it removed
-- Why      Redis takes an expired record away by itself, but not the index entries that lead to it.

local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, record in ipairs(gone) do erase(record) end
if #gone > 0 then keep_time() end
return #gone
