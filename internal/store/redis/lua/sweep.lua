-- Sweep removes records that have expired, with their index entries, and holds by hand that have ended.
-- KEYS     1 meta, 2 expiry, 3 indexes, 4 holds, 5 names, 6 hands, 7 lines, 8 askers
-- ARGV     how many at most of each, channel of the bus
-- Returns  how many records it removed
-- Why      Redis takes an expired record away by itself, but not the index entries that lead to it.

local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, record in ipairs(gone) do erase(record) end
locks_from(4)
local ended = redis.call('ZRANGEBYSCORE', locks.hands, '-inf', now, 'LIMIT', 0, ARGV[1])
for _, packed in ipairs(ended) do
	local owner, name = unpack(cmsgpack.unpack(packed))
	give_back(owner, {name})
	redis.call('ZREM', locks.hands, packed)
end
if #gone + #ended > 0 then keep_time() end
wake_lines(ARGV[2])
return #gone
